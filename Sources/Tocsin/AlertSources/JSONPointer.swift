/// A place in a JSON document (RFC 6901): `/monitor/name`, `/alerts/0/labels`.
public struct JSONPointer: Sendable, Equatable {
  public let text: String
  private let steps: [String]

  /// - Throws: ``Failure`` with code `invalid` for a text that is no pointer.
  public init(_ text: String) throws {
    guard text.isEmpty || text.hasPrefix("/"), text.wholeMatch(of: /([^~]|~[01])*/.dotMatchesNewlines()) != nil else {
      throw Failure(
        .invalid, "\"\(printable(text))\" is no JSON pointer; write /name/of/the/field, with ~1 for / and ~0 for ~")
    }
    self.text = text
    steps = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
  }

  /// What stands there; nil for nothing, or null.
  func find(in input: JSONInput) -> JSONInput? {
    var value = input.value
    for step in steps {
      switch value {
      case .object(let members): value = members[step] ?? .null
      case .array(let items): value = Self.index(step).flatMap { items.indices.contains($0) ? items[$0] : nil } ?? .null
      default: return nil
      }
    }
    return value == .null ? nil : JSONInput(value, input.pointer + text)
  }

  /// RFC 6901, section 4: digits without a leading zero.
  private static func index(_ step: String) -> Int? {
    step.wholeMatch(of: /0|[1-9][0-9]{0,8}/) == nil ? nil : Int(step)
  }
}
