import Tocsin

extension Shape {
  /// Holds `value` against the shape, before anything is made of it.
  ///
  /// - Parameter place: where it stands: a JSON pointer (RFC 6901), or the name of a parameter.
  /// - Returns: the value with words spelled as their list spells them.
  /// - Throws: ``Failure`` with code `invalid`; its `field` is the place of the fault.
  public func checked(_ value: JSONValue, at place: String) throws -> JSONValue {
    switch (self, value) {
    case (.nullable, .null): return .null
    case (.nullable(let shape), _): return try shape.checked(value, at: place)
    case (.text, .string), (.time, .string), (.anything, _), (.boolean, .bool), (.number, .number), (.number, .integer),
      (.integer, .integer):
      return value
    case (.word(let list), .string(let text)): return .string(try list.spelled(text, at: place))
    case (.list(let shape), .array(let values)):
      return .array(try values.enumerated().map { try shape.checked($1, at: "\(place)/\($0)") })
    case (.map(let shape), .object(let values)):
      return .object(
        try Dictionary(uniqueKeysWithValues: values.map { ($0, try shape.checked($1, at: place + "/" + escaped($0))) }))
    case (.record(let record), .object(let values)): return .object(try record.checked(values, at: place))
    default:
      throw Failure(.invalid, "\(title(place)) must be \(words)", field: place)
    }
  }

  /// What it takes, for people.
  public var words: String {
    switch self {
    case .text: "a text"
    case .time: "a time such as \"2026-11-21T16:28:03Z\""
    case .word(let list): "one of \(list.spellings.joined(separator: ", "))"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .anything: "JSON"
    case .list: "a list"
    case .map, .record: "an object"
    case .nullable(let shape): shape.words
    }
  }
}

extension RecordShape {
  /// Every name must be known, so that a typo does not pass for a value that was left out.
  public func checked(_ values: [String: JSONValue], at place: String) throws -> [String: JSONValue] {
    let known = fields.map(\.name)
    for name in values.keys.sorted() where self[name] == nil {
      throw Failure(
        .invalid,
        "\"\(printable(name))\" is not known here\(hint(name, known)). Allowed: \(known.joined(separator: ", "))",
        field: "\(place)/\(escaped(name))", allowed: known)
    }
    var checked: [String: JSONValue] = [:]
    for field in fields {
      guard let value = values[field.name] else {
        if field.isRequired { throw Failure(.invalid, "\(field.name) is missing", field: "\(place)/\(field.name)") }
        continue
      }
      checked[field.name] = try field.checked(value, at: "\(place)/\(field.name)")
    }
    return checked
  }
}

extension RecordShape.Field {
  /// Whether it is a text that may be left out, and is when it is empty.
  public var isOptionalText: Bool {
    guard !isRequired, case .text = shape.unwrapped else { return false }
    return Fields.all[name]?.choices.isEmpty ?? true
  }

  /// Its value, with the limits of numbers; texts are measured where they are used.
  public func checked(_ value: JSONValue, at place: String) throws -> JSONValue {
    if case .integer(let number) = value, let range = Fields.all[name]?.range, !range.contains(Int(number)) {
      throw Failure(
        .invalid, "\(name) is \(number); it takes \(range.lowerBound) to \(range.upperBound)", field: place)
    }
    return try shape.checked(value, at: place)
  }
}

extension Word {
  static var spellings: [String] { allCases.map(\.rawValue) }

  fileprivate static func spelled(_ text: String, at place: String) throws -> String {
    do {
      return try Self(word: text).rawValue
    } catch let failure as Failure {
      throw Failure(failure.code, failure.message, field: place, allowed: failure.allowed)
    }
  }
}

/// The name of a place, for a sentence.
private func title(_ place: String) -> String {
  place.isEmpty ? "the body" : printable(place.hasPrefix("/") ? String(place.dropFirst()) : place)
}

/// A name as a JSON pointer has it (RFC 6901, section 3).
private func escaped(_ name: String) -> String { name.replacing("~", with: "~0").replacing("/", with: "~1") }
