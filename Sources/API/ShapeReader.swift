import Foundation
import Tocsin

/// A decoder with nothing to decode: it hands out empty values, and notes what was asked for.
final class ShapeReader: Decoder {
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private(set) var shape: Shape?
  private let name: String

  private init(_ name: String) { self.name = name }

  /// The shape of a type, and an empty value of it.
  static func read(_ type: any Decodable.Type) throws -> (shape: Shape, value: any Decodable) {
    if type == Date.self { return (.time, Date(timeIntervalSince1970: 0)) }
    if type == JSONValue.self { return (.anything, JSONValue.null) }
    if let known = type as? any Known.Type { return try known.known() }
    if let word = type as? any Word.Type { return (.word(word), word.first) }
    let reader = ShapeReader(Self.name(of: type))
    let value = try type.init(from: reader)
    return (reader.shape ?? .record(RecordShape(name: reader.name, fields: [])), value)
  }

  /// `Page<Incident>` is `IncidentPage` in a document, and `SendTest.Answer` is `SendTestAnswer`.
  private static func name(of type: any Decodable.Type) -> String {
    // A type of a file has its place in brackets instead of a name.
    let parts = String(reflecting: type).replacing(/\(unknown context at \$\w+\)\./, with: "").split(separator: /[<>]/)
    return parts.reversed().map { $0.split(separator: ".").dropFirst().joined() }.joined()
  }

  fileprivate func note(_ field: String, _ shape: Shape, isRequired: Bool) {
    var record = self.shape?.record ?? RecordShape(name: name, fields: [])
    record.fields.append(RecordShape.Field(name: snakeCase(field), shape: shape, isRequired: isRequired))
    self.shape = .record(record)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    if shape == nil { shape = .record(RecordShape(name: name, fields: [])) }
    return KeyedDecodingContainer(Keyed<Key>(reader: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unreadable() }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Unreadable() }
}

/// A type that reads itself in a way the reader does not know.
private struct Unreadable: Error {}

/// `incident_guid` of `incidentGuid`, as `JSON.encode` writes it.
func snakeCase(_ name: String) -> String {
  name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let reader: ShapeReader
  let codingPath: [any CodingKey] = []
  let allKeys: [Key] = []

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let (shape, value) = try ShapeReader.read(type)
    reader.note(key.stringValue, shape, isRequired: true)
    guard let value = value as? T else { throw Unreadable() }
    return value
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    reader.note(key.stringValue, .nullable(try ShapeReader.read(type).shape), isRequired: false)
    return nil
  }

  // The compiler's own decoding of optionals takes these instead of the general one.
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try note(type, key) }
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try note(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try note(type, key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try note(type, key) }

  private func note<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
    reader.note(key.stringValue, .nullable(try ShapeReader.read(type).shape), isRequired: false)
    return nil
  }

  func nestedContainer<Inner: CodingKey>(keyedBy: Inner.Type, forKey: Key) throws -> KeyedDecodingContainer<Inner> {
    throw Unreadable()
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Unreadable() }
  func superDecoder() throws -> any Decoder { throw Unreadable() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw Unreadable() }
}

/// A type of the standard library, whose shape is known without asking it.
private protocol Known {
  static func known() throws -> (shape: Shape, value: any Decodable)
}

extension String: Known { static func known() -> (shape: Shape, value: any Decodable) { (.text, "") } }
extension Bool: Known { static func known() -> (shape: Shape, value: any Decodable) { (.boolean, false) } }
extension Int: Known { static func known() -> (shape: Shape, value: any Decodable) { (.integer, 0) } }
extension Double: Known { static func known() -> (shape: Shape, value: any Decodable) { (.number, 0.0) } }

extension Array: Known where Element: Decodable {
  static func known() throws -> (shape: Shape, value: any Decodable) {
    (.list(try ShapeReader.read(Element.self).shape), [Element]())
  }
}

extension Dictionary: Known where Key == String, Value: Decodable {
  static func known() throws -> (shape: Shape, value: any Decodable) {
    (.map(try ShapeReader.read(Value.self).shape), [String: Value]())
  }
}

extension OrNull: Known {
  static func known() throws -> (shape: Shape, value: any Decodable) {
    (.nullable(try ShapeReader.read(Value.self).shape), OrNull(wrappedValue: nil))
  }
}

extension Optional: Known where Wrapped: Decodable {
  static func known() throws -> (shape: Shape, value: any Decodable) {
    (.nullable(try ShapeReader.read(Wrapped.self).shape), Wrapped?.none)
  }
}

extension Word {
  fileprivate static var first: Self { Self.allCases[Self.allCases.startIndex] }
}
