/// A regular expression that must fit the whole of a text, in time that grows with the text and never explodes: whoever
/// writes an expression cannot stall the writer with it. An expression is walked along all its ways at once (K. Thompson,
/// Regular Expression Search Algorithm, 1968), so nothing is ever tried twice.
///
/// It reads what RE2 does, which is what Alertmanager takes (github.com/google/re2/wiki/Syntax), but for `\p` classes and
/// `\C`: characters, `.`, classes, groups, `|`, `* + ? {n,m}`, `^ $ \A \z \b \B`, `\d \w \s`, `\Q…\E`, and the flags `i`,
/// `m` and `s`.
struct Pattern: Sendable {
  /// Unicode scalars of an expression.
  static let longest = 16_384
  /// Steps of a compiled expression; one that only lists texts has none.
  static let mostSteps = 2000
  /// Unicode scalars of a text that count; the rest is left out.
  static let mostRead = 4096

  private enum Kind: Sendable {
    case oneOf(Set<[UInt8]>)
    case program([PatternStep])
  }

  private let kind: Kind

  /// - Throws: ``PatternFault`` that says what is wrong.
  init(_ text: String) throws {
    guard text.unicodeScalars.count <= Self.longest else {
      throw PatternFault("is longer than \(Self.longest) characters")
    }
    var parser = PatternParser(text)
    let node = try parser.parse()
    if let texts = node.texts {
      // By bytes: two spellings of one accent are two texts, as they are to senders.
      kind = .oneOf(Set(texts.map { Array($0.utf8) }))
    } else {
      var compiler = PatternCompiler()
      kind = .program(try compiler.program(node))
    }
  }

  func fits(_ text: String) -> Bool {
    switch kind {
    case .oneOf(let texts): texts.contains(Array(text.utf8))
    case .program(let steps): fit(steps, Array(text.unicodeScalars.prefix(Self.mostRead)))
    }
  }

  private func fit(_ steps: [PatternStep], _ text: [Unicode.Scalar]) -> Bool {
    var threads = PatternThreads(steps)
    threads.start(before: nil, after: text.first)
    for (index, scalar) in text.enumerated() {
      if threads.isEmpty { return false }
      threads.advance(over: scalar, next: index + 1 < text.count ? text[index + 1] : nil)
    }
    return threads.hasMatched
  }
}

/// What is wrong with an expression, as the end of a sentence.
struct PatternFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The ways along an expression that are open at a place of the text: each step at most once.
private struct PatternThreads {
  private let steps: [PatternStep]
  private var current: [Int] = []
  private var next: [Int] = []
  /// The place at which a step was last reached.
  private var reached: [Int]
  private var pending: [Int] = []
  private var place = 0
  private(set) var hasMatched = false

  var isEmpty: Bool { current.isEmpty }

  init(_ steps: [PatternStep]) {
    self.steps = steps
    reached = Array(repeating: -1, count: steps.count)
  }

  mutating func start(before: Unicode.Scalar?, after: Unicode.Scalar?) {
    reach(0, before, after)
    swap(&current, &next)
  }

  mutating func advance(over scalar: Unicode.Scalar, next following: Unicode.Scalar?) {
    place += 1
    hasMatched = false
    for step in current {
      if case .scalar(let set) = steps[step], set.contains(scalar) { reach(step + 1, scalar, following) }
    }
    swap(&current, &next)
    next.removeAll(keepingCapacity: true)
  }

  /// Follows everything that takes no character.
  private mutating func reach(_ first: Int, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?) {
    pending.append(first)
    while let step = pending.popLast() {
      guard reached[step] != place else { continue }
      reached[step] = place
      switch steps[step] {
      case .scalar: next.append(step)
      case .match: hasMatched = true
      case .jump(let target): pending.append(target)
      case .split(let one, let other): pending += [one, other]
      case .assert(let place): if place.holds(before, after) { pending.append(step + 1) }
      }
    }
  }
}
