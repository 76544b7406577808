extension JSON {
  /// `value` as one line, names in alphabetical order: what ``encode(_:pretty:)`` does, many times as fast, for what is written
  /// with every request.
  public static func write(_ value: JSONValue) -> String {
    var text = ""
    append(value, to: &text)
    return Unseen.escaped(text)
  }

  /// Labels, as their column holds them.
  static func write(_ labels: [String: String]) -> String {
    var text = "{"
    for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
      if text.utf8.count > 1 { text += "," }
      append(name, to: &text)
      text += ":"
      append(value, to: &text)
    }
    return Unseen.escaped(text + "}")
  }

  private static func append(_ value: JSONValue, to text: inout String) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    // JSON has neither infinity nor NaN.
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .string(let value): append(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        append(value, to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, (name, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { text += "," }
        append(name, to: &text)
        text += ":"
        append(value, to: &text)
      }
      text += "}"
    }
  }

  private static func append(_ string: String, to text: inout String) {
    text += "\""
    if string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
      for scalar in string.unicodeScalars { append(escaping: scalar, to: &text) }
    } else {
      text += string
    }
    text += "\""
  }

  private static func append(escaping scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
}
