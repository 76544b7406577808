import Foundation
import Storage

/// A CloudEvent 1.0, whichever way it came.
struct CloudEvent {
  /// Context attributes, extensions too, as texts.
  private let attributes: [String: String]
  let data: JSONInput?
  /// What names an attribute's place: `/` in a body, `ce-` in headers.
  private let prefix: String

  subscript(_ attribute: String) -> String? { attributes[attribute] }

  /// What rules can match: the attributes that say what an event is of, not which one it is.
  var labels: [String: String] {
    attributes.filter { !["specversion", "id", "time", "datacontenttype", "expirytime"].contains($0.key) }
  }

  /// An event in the JSON format (formats/json-format.md, section 3).
  ///
  /// - Throws: ``Failure`` with code `invalid` and the place of the fault.
  init(_ event: JSONInput) throws {
    guard case .object(let members) = event.value else { throw event.fault("must be an object: a CloudEvent") }
    prefix = event.pointer + "/"
    var attributes: [String: String] = [:]
    for (name, value) in members where value != .null && name != "data" && name != "data_base64" {
      switch value {
      case .array, .object: throw JSONInput(value, prefix + name).fault("must be a text, a number, true or false")
      default: attributes[name] = value.asText
      }
    }
    self.attributes = attributes
    data = try Self.data(event, attributes["datacontenttype"])
    try check()
  }

  /// An event in binary mode (bindings/http-protocol-binding.md, section 3.1).
  init(binary body: Data, _ headers: [String: String], _ type: String?) throws {
    prefix = "ce-"
    var attributes: [String: String] = [:]
    for (name, value) in headers where name.hasPrefix("ce-") {
      guard let text = Self.unquoted(value).removingPercentEncoding else {
        throw Failure(.malformed, "the header \(printable(name)) is not percent-encoded UTF-8", field: printable(name))
      }
      attributes[String(name.dropFirst(3))] = text
    }
    self.attributes = attributes
    data = try Self.data(body, type, "")
    try check()
  }

  /// The time in an attribute; nil when there is none.
  ///
  /// - Throws: ``Failure`` with code `invalid` when it is no time.
  func time(_ name: String) throws -> Date? {
    guard let text = attributes[name] else { return nil }
    guard let time = UTC.parseRFC3339(text) else {
      throw fault(name, "is not an RFC 3339 time such as 2026-11-21T16:28:03Z")
    }
    return time
  }

  /// What must be there (spec.md, "Required Attributes").
  private func check() throws {
    guard let version = attributes["specversion"] else { throw fault("specversion", "is missing; it takes 1.0") }
    guard version == "1.0" else {
      throw fault("specversion", "is \"\(printable(version))\"; this takes CloudEvents 1.0", allowed: ["1.0"])
    }
    for name in ["id", "source", "type"] where attributes[name]?.notBlank == nil { throw fault(name, "is missing") }
  }

  private func fault(_ name: String, _ what: String, allowed: [String] = []) -> Failure {
    Failure(.invalid, "\(printable(prefix + name)) \(what)", field: prefix + name, allowed: allowed)
  }
}

extension CloudEvent {
  private static func data(_ event: JSONInput, _ type: String?) throws -> JSONInput? {
    let data = try event["data"]
    guard let encoded = try event["data_base64"] else { return data }
    if data != nil { throw encoded.fault("and data exclude each other") }
    guard let bytes = Data(base64Encoded: try encoded.text()) else { throw encoded.fault("is not base64") }
    return try Self.data(bytes, type, encoded.pointer)
  }

  /// Bytes as their content type says; nil for those that are neither JSON nor text.
  private static func data(_ bytes: Data, _ type: String?, _ pointer: String) throws -> JSONInput? {
    if bytes.isEmpty { return nil }
    let type = (type ?? "application/json").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    if type.hasSuffix("/json") || type.hasSuffix("+json") { return JSONInput(try JSON.parse(bytes), pointer) }
    guard type.hasPrefix("text/"), let text = String(data: bytes, encoding: .utf8) else { return nil }
    return JSONInput(.string(text), pointer)
  }

  /// RFC 7230, section 3.2.6: older senders write texts in double quotes.
  private static func unquoted(_ value: String) -> String {
    guard value.utf8.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") else { return value }
    return String(value.dropFirst().dropLast()).replacing(/\\(.)/) { String($0.1) }
  }
}
