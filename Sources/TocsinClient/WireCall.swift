import API
import Foundation
import Tocsin

/// A call as it goes over the wire: its values in path, query and body.
struct WireCall {
  /// Path and query.
  let target: String
  /// JSON, where the method has one.
  let body: String?

  init<C: Call>(_ call: C) throws {
    guard case .object(var values) = try JSON.value(Data(JSON.encode(call).utf8)) else {
      throw Failure(.internal, "\(C.self) is no object")
    }
    var path = C.route.path
    for name in C.route.parameters {
      let text = values.removeValue(forKey: name)?.string ?? ""
      // An empty one would change the route.
      if text.isEmpty { throw Failure(.invalid, "\(name) is empty", field: name) }
      path = path.replacing("{\(name)}", with: Self.encoded(text))
    }
    if C.route.method.hasBody {
      (target, body) = (path, try JSON.encode(values))
    } else {
      let query = try values.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encoded(try Self.text($0.value)))" }
      (target, body) = (path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), nil)
    }
  }

  private static func text(_ value: JSONValue) throws -> String {
    if let text = value.string { return text }
    return try JSON.encode(value)
  }

  /// Everything but letters, digits, `-` and `_` as percent and hex; a lone `.` or `..` would be a step in the path.
  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
      return isPlain
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
