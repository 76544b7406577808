import Foundation
import Storage

/// A value of what a sender sent, which knows its place, so that a fault can be told by it (a JSON pointer, RFC 6901).
/// Null counts as missing.
struct JSONInput {
  let value: JSONValue
  let pointer: String

  /// - Throws: ``Failure`` with code `malformed` for what is no JSON.
  init(_ body: Data) throws { self.init(try JSON.parse(body), "") }

  init(_ value: JSONValue, _ pointer: String) {
    self.value = value
    self.pointer = pointer
  }

  /// A member of an object, when it is there.
  ///
  /// - Throws: ``Failure`` with code `invalid` when this is no object.
  subscript(_ name: String) -> JSONInput? {
    get throws {
      guard case .object(let members) = value else { throw fault("must be an object") }
      guard let member = members[name], member != .null else { return nil }
      return JSONInput(member, place(of: name))
    }
  }

  private func place(of name: String) -> String {
    let isPlain = !name.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
    return pointer + "/" + (isPlain ? name : name.replacing("~", with: "~0").replacing("/", with: "~1"))
  }

  /// - Throws: ``Failure`` with code `invalid` when there is no such member.
  func required(_ name: String) throws -> JSONInput {
    guard let member = try self[name] else { throw JSONInput(.null, place(of: name)).fault("is missing") }
    return member
  }

  /// - Throws: ``Failure`` with code `invalid` when this is no text.
  func text() throws -> String {
    guard case .string(let text) = value else { throw fault("must be a text") }
    return text
  }

  /// A text that says something.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a blank one, or when this is no text.
  func words() throws -> String {
    guard let text = try text().notBlank else { throw fault("must not be blank") }
    return text
  }

  /// The text under `name`; nil when there is none, or a blank one.
  func text(_ name: String) throws -> String? { try self[name]?.text().notBlank }

  /// - Throws: ``Failure`` with code `invalid` when this is no list.
  func items() throws -> [JSONInput] {
    guard case .array(let items) = value else { throw fault("must be a list") }
    return items.enumerated().map { JSONInput($1, "\(pointer)/\($0)") }
  }

  /// An object as labels: texts as they are, everything else as JSON.
  ///
  /// - Throws: ``Failure`` with code `invalid` when this is no object.
  func labels() throws -> [String: String] {
    guard case .object(let members) = value else { throw fault("must be an object") }
    return members.mapValues(\.asText)
  }

  /// The time under `name` (RFC 3339); nil when there is none.
  ///
  /// - Throws: ``Failure`` with code `invalid` when it is no time.
  func time(_ name: String) throws -> Date? {
    guard let member = try self[name] else { return nil }
    guard let time = UTC.parseRFC3339(try member.text()) else {
      throw member.fault("is not an RFC 3339 time such as 2026-11-21T16:28:03Z")
    }
    return time
  }

  /// A word out of `allowed`, whatever its case.
  ///
  /// - Throws: ``Failure`` with code `invalid` for any other.
  func word(_ allowed: [String]) throws -> String {
    let word = try text()
    guard let match = allowed.first(where: { $0.lowercased() == word.lowercased() }) else {
      throw fault("is \"\(printable(word))\"; allowed: \(allowed.joined(separator: ", "))", allowed: allowed)
    }
    return match
  }

  /// What is wrong with this value.
  func fault(_ what: String, allowed: [String] = []) -> Failure {
    let place = pointer.isEmpty ? "the body" : printable(pointer)
    return Failure(.invalid, "\(place) \(what)", field: pointer, allowed: allowed)
  }
}

extension JSONValue {
  /// A text as it is, everything else as JSON.
  var asText: String {
    switch self {
    case .string(let text): text
    case .null: ""
    default: (try? JSON.encode(self)) ?? ""
    }
  }
}

extension String {
  /// Nil for a text of nothing but white space.
  var notBlank: String? { allSatisfy(\.isWhitespace) ? nil : self }
}
