import Foundation
import Storage

/// The JSON that every face of Tocsin shows: snake_case names, RFC 3339 times in UTC with milliseconds, keys in
/// alphabetical order, null where a column is empty, ``Unseen`` characters as escapes.
public enum JSON {
  /// A time as people and JSON see it: `2026-11-21T16:28:03.120Z`.
  public static func time(_ date: Date) -> String { UTC.rfc3339(date) }

  /// `value` as one line, or indented when `pretty`.
  public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(UTC.rfc3339(date))
    }
    return Unseen.escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

/// A column that may be empty, and then shows as `null` in JSON rather than going missing.
@propertyWrapper
public struct OrNull<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
  public var wrappedValue: Value?

  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

/// Any JSON value: what `Metadata` columns hold.
public enum JSONValue: Sendable, Hashable, Codable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Whether any text in it, or any name, has a NUL.
  var containsNUL: Bool {
    switch self {
    case .string(let text): text.utf8.contains(0)
    case .array(let values): values.contains(where: \.containsNUL)
    case .object(let values): values.contains { $0.key.utf8.contains(0) || $0.value.containsNUL }
    case .null, .bool, .integer, .number: false
    }
  }

  /// The text, when it is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
}

/// A JSON object, as `Metadata` columns hold it.
public typealias Metadata = [String: JSONValue]

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(Int64(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue {
  /// The object in a `Metadata` column; nil for an empty column.
  ///
  /// - Throws: ``Failure`` with code `invalid` when the text is no JSON object.
  public static func object(_ text: String?) throws -> Metadata? {
    guard let text else { return nil }
    guard case .object(let value)? = try? JSON.parse(Data(text.utf8)) else {
      throw Failure.invalid("metadata", "is not a JSON object, such as {\"duration_seconds\": 180}")
    }
    return value
  }
}

extension SQLValue {
  /// A `Metadata` column.
  static func json(_ value: Metadata?) throws -> SQLValue { .text(try value.map { try JSON.encode($0) }) }
}
