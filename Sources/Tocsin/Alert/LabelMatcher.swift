/// A condition on one label, written as Alertmanager writes it: `team=dba`, `env!="test"`, `job=~"db-.*"`, `job!~"…"`.
/// A label that is missing counts as empty. Expressions are RE2's and must fit the whole value; of a value, the first 4,096
/// characters count for them.
public struct LabelMatcher: Sendable {
  private enum Test: Sendable {
    case equals
    case fits(Pattern)
  }

  /// The label's name.
  public let name: String
  /// The value, or the expression.
  public let value: String
  /// Whether the condition holds where the value does not fit.
  public let isNegated: Bool
  private let test: Test

  /// Whether ``value`` is an expression.
  public var isRegex: Bool { if case .fits = test { true } else { false } }

  /// - Parameters:
  ///   - text: with the value in quotes or without; `\"`, `\\` and `\n` in it as Alertmanager reads them.
  ///   - field: what a failure calls it.
  /// - Throws: ``Failure`` with code `invalid` for text that is no matcher or a bad expression.
  public init(_ text: String, field: String = "match") throws {
    let problem = Failure.invalid(
      field, "\"\(printable(text))\" is not a matcher; write label=value, label!=value, label=~regex or label!~regex")
    guard let match = text.wholeMatch(of: /\s*([A-Za-z_][A-Za-z0-9_.:-]*|"(?:[^"\\]|\\.)*")\s*(!=|=~|!~|=)((?s).*)/)
    else { throw problem }
    let (name, value) = (Self.unquoted(String(match.1)), Self.unquoted(String(match.3)))
    guard let name, let value else { throw problem }
    try self.init(
      name: name, value: value, isRegex: match.2.hasSuffix("~"), isNegated: match.2.hasPrefix("!"), field: field)
  }

  /// - Throws: ``Failure`` with code `invalid` for an empty name or a bad expression.
  public init(name: String, value: String, isRegex: Bool, isNegated: Bool, field: String = "match") throws {
    guard !name.isEmpty, !name.utf8.contains(0), !value.utf8.contains(0) else {
      throw Failure.invalid(field, "has a matcher without a label's name, or with a NUL")
    }
    self.name = name
    self.value = value
    self.isNegated = isNegated
    do {
      test = isRegex ? .fits(try Pattern(value)) : .equals
    } catch let fault as PatternFault {
      throw Failure.invalid(field, "\"\(printable(value))\" is not a regular expression: it \(fault.message)")
    }
  }

  public func matches(_ labels: [String: String]) -> Bool {
    let label = labels[name, default: ""]
    let fits =
      switch test {
      case .equals: label == value
      case .fits(let pattern): pattern.fits(label)
      }
    return fits != isNegated
  }

  /// `text` without white space around it and without quotes. Nil for a quote that does not end, or in the middle.
  private static func unquoted(_ text: String) -> String? {
    var rest = Substring(text)
    rest.trim(while: \.isWhitespace)
    let isQuoted = rest.first == "\""
    if isQuoted {
      guard rest.count > 1, rest.last == "\"" else { return nil }
      rest = rest.dropFirst().dropLast()
    }
    var (value, isEscaped) = ("", false)
    for character in rest {
      if isEscaped {
        value += character == "n" ? "\n" : character == "\"" || character == "\\" ? String(character) : "\\\(character)"
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        return nil
      } else {
        value.append(character)
      }
    }
    // A backslash at the end stands for itself, unless it has taken the quote away.
    if isEscaped, isQuoted { return nil }
    return isEscaped ? value + "\\" : value
  }
}

extension LabelMatcher: CustomStringConvertible {
  /// As Alertmanager writes it: `job=~"db-.*"`.
  public var description: String {
    let sign = isRegex ? isNegated ? "!~" : "=~" : isNegated ? "!=" : "="
    let isPlain = name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.:-]*/) != nil
    return (isPlain ? name : Self.quoted(name)) + sign + Self.quoted(value)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }
}

extension LabelMatcher: Hashable {
  public static func == (left: LabelMatcher, right: LabelMatcher) -> Bool { left.description == right.description }
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension LabelMatcher {
  /// Some matchers in one text: `{alertname="DiskFull",host=~"db.*"}`, with the braces or without.
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  public static func list(_ text: String, field: String = "match") throws -> [LabelMatcher] {
    var rest = Substring(text)
    rest.trim(while: \.isWhitespace)
    guard rest.first == "{", rest.last == "}", rest.count > 1 else {
      return [try LabelMatcher(text, field: field)]
    }
    var (parts, part, isQuoted, isEscaped) = ([String](), "", false, false)
    for character in rest.dropFirst().dropLast() {
      if character == ",", !isQuoted {
        parts.append(part)
        part = ""
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = character == "\\" && !isEscaped
      part.append(character)
    }
    return try (parts + [part]).filter { $0.notBlank != nil }.map { try LabelMatcher($0, field: field) }
  }
}

extension Substring {
  fileprivate mutating func trim(while isSpace: (Character) -> Bool) {
    while let first, isSpace(first) { removeFirst() }
    while let last, isSpace(last) { removeLast() }
  }
}
