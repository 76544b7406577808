import Tocsin

/// `application/x-www-form-urlencoded` (URL Standard, section 5).
enum Form {
  /// One name and its value, byte for byte: two texts that look alike are not the same here.
  struct Field: Sendable, Equatable {
    let name: [UInt8]
    let value: [UInt8]
  }

  static func encoded(_ fields: [(String, String)]) -> [UInt8] {
    Array(fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&").utf8)
  }

  /// `text` with everything escaped but letters, digits and `-._~`.
  static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + hexDigits[Int(byte >> 4)] + hexDigits[Int(byte & 15)]
      }
    }
    return result
  }

  /// The fields of a body, in order; nil when it is not such a form in UTF-8.
  static func decoded(_ body: [UInt8]) -> [Field]? {
    var fields: [Field] = []
    for pair in body.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = unescaped(parts[0]), let value = unescaped(parts.count > 1 ? parts[1] : []) else { return nil }
      fields.append(Field(name: name, value: value))
    }
    return fields
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      switch bytes[index] {
      case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else {
          return nil
        }
        result.append(high << 4 | low)
        index += 2
      case let byte: result.append(byte)
      }
      index += 1
    }
    return String(validating: result, as: UTF8.self) == nil ? nil : result
  }

  private static let hexDigits = Array("0123456789ABCDEF").map(String.init)

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
