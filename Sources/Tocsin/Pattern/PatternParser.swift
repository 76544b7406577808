/// Reads an expression.
struct PatternParser {
  private struct Flags {
    var foldsCase = false
    var hasLines = false
    var dotIsAll = false
  }

  private static let deepest = 50

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var depth = 0
  private var flags = Flags()

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  /// - Throws: ``PatternFault``.
  mutating func parse() throws -> PatternNode {
    let node = try alternatives()
    if next != nil { throw PatternFault("has a ) without a (") }
    return node
  }

  private mutating func alternatives() throws -> PatternNode {
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .either(parts)
  }

  private mutating func sequence() throws -> PatternNode {
    var parts: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if take(#"\Q"#) {
        parts += quoted()
        if let last = parts.popLast() { parts.append(try repeated(last)) }
        continue
      }
      let part = try item()
      parts.append(try repeated(part))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quoted() -> [PatternNode] {
    var parts: [PatternNode] = []
    while let scalar = next, !take(#"\E"#) {
      place += 1
      parts.append(.set(one(scalar)))
    }
    return parts
  }

  private mutating func repeated(_ part: PatternNode) throws -> PatternNode {
    guard let (least, most) = try count() else { return part }
    _ = take("?")
    if try count() != nil { throw PatternFault("repeats a repetition; put it into ( )") }
    return .repeated(part, least, most)
  }

  /// `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; braces around anything else stand for themselves.
  private mutating func count() throws -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = place
    guard take("{"), let least = number() else {
      place = start
      return nil
    }
    let most = take(",") ? number() : least
    guard take("}") else {
      place = start
      return nil
    }
    if max(least, most ?? 0) > 1000 || most.map({ $0 < least }) ?? false {
      throw PatternFault("repeats more than 1,000 times, or less at most than at least")
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, ScalarSet.digit.contains(scalar), (value ?? 0) < 100_000 {
      value = (value ?? 0) * 10 + Int(scalar.value) - 48
      place += 1
    }
    return value
  }

  private mutating func item() throws -> PatternNode {
    guard let scalar = next else { return .empty }
    place += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try set())
    case ".": return .set(flags.dotIsAll ? .all : .allButNewline)
    case "^": return .assert(flags.hasLines ? .lineStart : .start)
    case "$": return .assert(flags.hasLines ? .lineEnd : .end)
    case "\\": return try escape()
    case "*", "+", "?": throw PatternFault("has a \(scalar) with nothing to repeat before it")
    default: return .set(one(scalar))
    }
  }

  private mutating func group() throws -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw PatternFault("nests more than \(Self.deepest) groups") }
    let outer = flags
    if take("?"), try !opensGroup() { return .empty }
    let node = try alternatives()
    guard take(")") else { throw PatternFault("has a ( without a )") }
    flags = outer
    return node
  }

  /// What stands after `(?`: a name, flags for the group, or flags for the rest, which open none.
  private mutating func opensGroup() throws -> Bool {
    if take("P<") || next == "<" && scalars.dropFirst(place + 1).first.map(ScalarSet.word.contains) ?? false {
      while let scalar = next, scalar != ">" {
        place += scalar == "<" || ScalarSet.word.contains(scalar) ? 1 : scalars.count
      }
      guard take(">") else { throw PatternFault("has a group name without an end") }
      return true
    }
    var isOn = true
    while let scalar = next {
      place += 1
      switch scalar {
      case ":": return true
      case ")": return false
      case "-": isOn = false
      case "i": flags.foldsCase = isOn
      case "m": flags.hasLines = isOn
      case "s": flags.dotIsAll = isOn
      case "U": break
      default: throw PatternFault("has a group (?\(scalar), which is not supported")
      }
    }
    throw PatternFault("has a ( without a )")
  }

  private func one(_ scalar: Unicode.Scalar) -> ScalarSet {
    var set = ScalarSet(scalar)
    set.foldsCase = flags.foldsCase && scalar.properties.changesWhenCaseMapped
    return set
  }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars.dropFirst(place).starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }
}

extension PatternParser {
  private mutating func escape() throws -> PatternNode {
    switch next {
    case "b": return at(.wordEdge)
    case "B": return at(.noWordEdge)
    case "A": return at(.start)
    case "z": return at(.end)
    default: break
    }
    if let set = classEscape() { return .set(set) }
    return .set(one(try characterEscape()))
  }

  private mutating func at(_ position: PatternPlace) -> PatternNode {
    place += 1
    return .assert(position)
  }

  /// `\d` and its kin.
  private mutating func classEscape() -> ScalarSet? {
    let sets: [Unicode.Scalar: ScalarSet] = ["d": .digit, "w": .word, "s": .space]
    guard let scalar = next, let letter = scalar.properties.lowercaseMapping.unicodeScalars.first,
      var set = sets[letter]
    else { return nil }
    place += 1
    set.isNegated = scalar != letter
    return set
  }

  /// The character that an escape stands for.
  private mutating func characterEscape() throws -> Unicode.Scalar {
    guard let scalar = next else { throw PatternFault(#"ends in a \"#) }
    place += 1
    let controls: [Unicode.Scalar: Unicode.Scalar] = [
      "n": "\n", "t": "\t", "r": "\r", "f": "\u{0C}", "v": "\u{0B}", "a": "\u{07}",
    ]
    if let control = controls[scalar] { return control }
    if scalar == "x" { return try hexadecimal() }
    guard !ScalarSet.word.contains(scalar) || scalar == "_" else {
      throw PatternFault(#"has \"# + "\(scalar), which is not supported")
    }
    return scalar
  }

  private mutating func hexadecimal() throws -> Unicode.Scalar {
    var digits = ""
    if take("{") {
      while let scalar = next, scalar != "}", digits.count < 8 {
        digits.unicodeScalars.append(scalar)
        place += 1
      }
      if !take("}") { digits = "" }
    } else {
      digits.unicodeScalars.append(contentsOf: scalars.dropFirst(place).prefix(2))
      place += min(2, scalars.count - place)
    }
    guard digits.first != "+", let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw PatternFault(#"has \x without the number of a character"#)
    }
    return scalar
  }

  /// What stands after `[`.
  private mutating func set() throws -> ScalarSet {
    var set = ScalarSet([])
    let isNegated = take("^")
    var isFirst = true
    while isFirst || next != "]" {
      isFirst = false
      guard let scalar = next else { throw PatternFault("has a [ without a ]") }
      if take("[:") {
        set.add(try namedSet())
        continue
      }
      place += 1
      if scalar == "\\", let known = classEscape() {
        set.add(known)
        continue
      }
      set.add(try range(from: scalar == "\\" ? characterEscape() : scalar))
    }
    place += 1
    set.isNegated = isNegated
    set.foldsCase = flags.foldsCase
    return set.inOrder
  }

  private mutating func range(from start: Unicode.Scalar) throws -> ScalarSet {
    guard next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else { return ScalarSet(start) }
    place += 1
    let scalar = scalars[place]
    place += 1
    let end = try scalar == "\\" ? characterEscape() : scalar
    guard start.value <= end.value else { throw PatternFault("has a range that ends before it begins") }
    return ScalarSet([start.value...end.value])
  }

  private mutating func namedSet() throws -> ScalarSet {
    let isNegated = take("^")
    var name = ""
    while let scalar = next, scalar != ":", name.count < 8 {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard take(":]"), var set = ScalarSet.named[name] else {
      throw PatternFault("has a class [:\(name) that is not known")
    }
    set.isNegated = isNegated
    return set
  }
}
