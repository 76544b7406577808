import Foundation
import Tocsin

extension JSONValue {
  /// Nil for bytes that are no JSON.
  public init?(_ bytes: Data) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: bytes) else { return nil }
    self = value
  }

  public subscript(key: String) -> JSONValue? { object?[key] }
  public subscript(index: Int) -> JSONValue? { array.indices.contains(index) ? array[index] : nil }

  public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
  /// Empty for anything but an array.
  public var array: [JSONValue] { if case .array(let value) = self { value } else { [] } }
  public var isTrue: Bool { self == .bool(true) }

  /// Every text in it, names of fields too.
  public var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .array(let values): values.flatMap(\.texts)
    case .object(let values): values.flatMap { [$0.key] + $0.value.texts }
    case .null, .bool, .integer, .number: []
    }
  }
}
