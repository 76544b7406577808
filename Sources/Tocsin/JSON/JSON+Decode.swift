import Foundation
import Storage

extension JSON {
  /// Any JSON that came over the wire, checked as ``decode(_:_:)`` does.
  public static func value(_ body: Data) throws -> JSONValue { try decode(JSONValue.self, body) }

  /// Reads what ``encode(_:pretty:)`` wrote.
  public static func decode<Value: Decodable>(_ type: Value.Type, from text: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .custom { decoder in
      let text = try decoder.singleValueContainer().decode(String.self)
      guard let time = UTC.parseRFC3339(text) else {
        let name = decoder.codingPath.last.map { "\($0.stringValue) " } ?? ""
        throw Failure(.invalid, "\(name)\"\(printable(text))\" is no time; write 2026-11-21T16:28:03Z")
      }
      return time
    }
    return try decoder.decode(type, from: text)
  }

  /// Arrays and objects inside each other, at most.
  static let deepest = 64

  /// Reads what came over the wire.
  ///
  /// - Throws: ``Failure`` with code `malformed` for what is no JSON, no UTF-8 or nested over 64 deep, `invalid` for a value
  ///   that is missing or of the wrong type; its `field` is a JSON pointer (RFC 6901).
  static func decode<Value: Decodable>(_ type: Value.Type, _ body: Data) throws -> Value {
    guard String(validating: body, as: UTF8.self) != nil else {
      throw Failure(.malformed, "the body is not UTF-8 text")
    }
    guard depth(of: body) <= deepest else {
      throw Failure(.malformed, "the body is nested more than \(deepest) deep")
    }
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch let error as DecodingError {
      throw Failure(error.isMalformed ? .malformed : .invalid, error.sentence, field: error.pointer)
    }
  }

  /// How deep brackets go, outside strings. Read before parsing, so that a hostile body costs no stack.
  private static func depth(of body: Data) -> Int {
    var (depth, deepest, quoted, escaped) = (0, 0, false, false)
    for byte in body {
      if escaped {
        escaped = false
      } else if quoted {
        escaped = byte == UInt8(ascii: "\\")
        quoted = byte != UInt8(ascii: "\"")
      } else {
        switch byte {
        case UInt8(ascii: "\""): quoted = true
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          depth += 1
          deepest = max(deepest, depth)
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        default: break
        }
      }
    }
    return deepest
  }
}

extension DecodingError {
  fileprivate var isMalformed: Bool { if case .dataCorrupted = self { true } else { false } }

  /// Where the fault is, as a JSON pointer; empty for the whole body.
  fileprivate var pointer: String {
    let path =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      @unknown default: [any CodingKey]()
      }
    return path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }

  /// What is wrong, without any of the decoder's inner words.
  fileprivate var sentence: String {
    let place = pointer.isEmpty ? "the body" : printable(pointer)
    return switch self {
    case .keyNotFound: "\(place) is missing"
    case .typeMismatch, .valueNotFound: "\(place) has the wrong type"
    default: "\(place) is not valid JSON"
    }
  }
}
