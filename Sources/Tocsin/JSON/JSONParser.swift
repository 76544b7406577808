import Foundation

extension JSON {
  /// Reads any JSON (RFC 8259) in one pass over its bytes: what monitoring systems send comes thousands of times a second.
  /// Of a name that is given twice, the last counts.
  ///
  /// - Throws: ``Failure`` with code `malformed` for what is no JSON, no UTF-8, or nested over 64 deep.
  public static func parse(_ text: Data) throws -> JSONValue {
    try text.withUnsafeBytes { bytes in
      var parser = JSONParser(bytes)
      return try parser.whole()
    }
  }
}

private struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func whole() throws -> JSONValue {
    // RFC 8259, 8.1: a byte order mark may be passed over.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault() }
    return value
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try deeper { try $0.object() }
    case UInt8(ascii: "["): return try deeper { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func deeper(_ read: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
    depth += 1
    guard depth <= JSON.deepest else {
      throw Failure(.malformed, "the body is nested more than \(JSON.deepest) deep")
    }
    position += 1
    let value = try read(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws -> JSONValue {
    var members: [String: JSONValue] = [:]
    if ends(with: "}") { return .object(members) }
    repeat {
      skipSpace()
      let name = try string()
      skipSpace()
      try expect(":")
      members[name] = try value()
    } while try goesOn(until: "}")
    return .object(members)
  }

  private mutating func array() throws -> JSONValue {
    var items: [JSONValue] = []
    if ends(with: "]") { return .array(items) }
    repeat { items.append(try value()) } while try goesOn(until: "]")
    return .array(items)
  }

  /// Whether a comma follows; else the end must.
  private mutating func goesOn(until end: Unicode.Scalar) throws -> Bool {
    skipSpace()
    if peek == UInt8(ascii: ",") {
      position += 1
      return true
    }
    try expect(end)
    return false
  }

  private mutating func ends(with end: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: end) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard peek == UInt8(ascii: character) else { throw fault() }
    position += 1
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw fault() }
    position = end
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
  }

  private func fault() -> Failure {
    Failure(
      .malformed,
      position < bytes.count
        ? "the body is not valid JSON at byte \(position + 1)" : "the body is not valid JSON: it ends too early")
  }
}

// Texts and numbers.
extension JSONParser {
  private mutating func string() throws -> String {
    try expect("\"")
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw fault() }
      position += 1
    }
    guard peek == UInt8(ascii: "\"") else { return try stringWithEscapes(from: start) }
    defer { position += 1 }
    return try text(bytes[start..<position])
  }

  private mutating func stringWithEscapes(from start: Int) throws -> String {
    var units = Array(bytes[start..<position])
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault() }
      position += 1
      if byte == UInt8(ascii: "\\") { units.append(contentsOf: try escape()) } else { units.append(byte) }
    }
    try expect("\"")
    return try text(units)
  }

  private func text(_ units: some Collection<UInt8>) throws -> String {
    guard let text = String(validating: units, as: UTF8.self) else {
      throw Failure(.malformed, "the body is not UTF-8 text")
    }
    return text
  }

  private mutating func escape() throws -> [UInt8] {
    guard let letter = peek else { throw fault() }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try unicode()).utf8)
    default: throw fault()
    }
  }

  /// A character as `\uXXXX`, or as two of them (UTF-16). Half of such a pair becomes U+FFFD: the alert counts more than one
  /// broken character in it.
  private mutating func unicode() throws -> Character {
    let first = try hexDigits()
    var units = [first]
    if UTF16.isLeadSurrogate(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      let before = position
      position += 2
      let second = try hexDigits()
      if UTF16.isTrailSurrogate(second) { units.append(second) } else { position = before }
    }
    return Character(String(decoding: units, as: UTF16.self))
  }

  private mutating func hexDigits() throws -> UInt16 {
    guard position + 4 <= bytes.count else { throw fault() }
    var number: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
        throw fault()
      }
      number = number << 4 | UInt16(digit)
      position += 1
    }
    return number
  }

  private mutating func number() throws -> JSONValue {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    let first = position
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[first] != UInt8(ascii: "0") else { throw fault() }
    var isWhole = true
    if peek == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      guard digits() > 0 else { throw fault() }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      isWhole = false
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw fault() }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else { throw fault() }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }
}
