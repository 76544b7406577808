/// An expression as it was read.
indirect enum PatternNode {
  case empty
  case set(ScalarSet)
  case assert(PatternPlace)
  case sequence([PatternNode])
  case either([PatternNode])
  case repeated(PatternNode, Int, Int?)

  /// The texts that it fits, when it does no more than list some: as most expressions of people do.
  var texts: [String]? {
    let parts = if case .either(let parts) = self { parts } else { [self] }
    var texts: [String] = []
    for part in parts {
      guard let text = part.text else { return nil }
      texts.append(text)
    }
    return texts
  }

  private var text: String? {
    let parts = if case .sequence(let parts) = self { parts } else { [self] }
    var text = String.UnicodeScalarView()
    for part in parts {
      if case .empty = part { continue }
      guard case .set(let set) = part, let scalar = set.only else { return nil }
      text.append(scalar)
    }
    return String(text)
  }
}

/// A place in the text, between two characters.
enum PatternPlace: Sendable {
  case start, end, lineStart, lineEnd, wordEdge, noWordEdge

  func holds(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
    switch self {
    case .start: before == nil
    case .end: after == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: after == nil || after == "\n"
    case .wordEdge: isWord(before) != isWord(after)
    case .noWordEdge: isWord(before) == isWord(after)
    }
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
}

/// Some characters.
struct ScalarSet: Sendable {
  private(set) var ranges: [ClosedRange<UInt32>]
  var isNegated = false
  /// Capital and small letters are the same.
  var foldsCase = false

  static let digit = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// `\s`, which has no vertical tab in RE2.
  static let space = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
  static let all = ScalarSet([0...0x10FFFF])
  static let allButNewline = ScalarSet([0...0x09, 0x0B...0x10FFFF])

  /// The classes that are written `[:alpha:]`.
  static let named: [String: ScalarSet] = [
    "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]),
    "ascii": ScalarSet([0...0x7F]), "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
    "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]), "digit": digit, "graph": ScalarSet([0x21...0x7E]),
    "lower": ScalarSet([0x61...0x7A]), "print": ScalarSet([0x20...0x7E]),
    "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "space": ScalarSet([0x09...0x0D, 0x20...0x20]), "upper": ScalarSet([0x41...0x5A]), "word": word,
    "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
  ]

  init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

  init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

  /// The one character it has, if it is one only.
  var only: Unicode.Scalar? {
    guard !isNegated, !foldsCase, ranges.count == 1, ranges[0].count == 1 else { return nil }
    return Unicode.Scalar(ranges[0].lowerBound)
  }

  /// The same, with its ranges in order and none in another: to find a character takes few steps then.
  var inOrder: ScalarSet {
    var set = self
    set.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return set
  }

  mutating func add(_ other: ScalarSet) { ranges += other.isNegated ? other.complement : other.ranges }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let found =
      has(scalar)
      || foldsCase
        && [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
          .contains { $0.unicodeScalars.count == 1 && has($0.unicodeScalars.first!) }
    return found != isNegated
  }

  /// Wants its ranges ``inOrder``.
  private func has(_ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar.value
  }

  private var complement: [ClosedRange<UInt32>] {
    var (gaps, next): ([ClosedRange<UInt32>], UInt32) = ([], 0)
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    return next <= 0x10FFFF ? gaps + [next...0x10FFFF] : gaps
  }
}
