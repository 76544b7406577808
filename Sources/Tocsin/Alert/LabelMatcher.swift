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
    // By scalars: a value may begin with one that would join the quote before it into one character.
    let form = /\s*([A-Za-z_][A-Za-z0-9_.:-]*|"(?:[^"\\]|\\.)*")\s*(!=|=~|!~|=)((?s).*)/
      .matchingSemantics(.unicodeScalar)
    guard let match = text.wholeMatch(of: form) else { throw problem }
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
    var rest = Substring(text).unicodeScalars
    rest.trim()
    let isQuoted = rest.first == "\""
    if isQuoted {
      guard rest.count > 1, rest.last == "\"" else { return nil }
      rest = rest.dropFirst().dropLast()
    }
    var (value, isEscaped) = (String.UnicodeScalarView(), false)
    for scalar in rest {
      if isEscaped {
        if scalar != "n", scalar != "\"", scalar != "\\" { value.append("\\") }
        value.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        return nil
      } else {
        value.append(scalar)
      }
    }
    // A backslash at the end stands for itself, unless it has taken the quote away.
    if isEscaped, isQuoted { return nil }
    if isEscaped { value.append("\\") }
    return String(value)
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
    var quoted = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\\" || scalar == "\"" || scalar == "\n" { quoted.append("\\") }
      quoted.append(scalar == "\n" ? "n" : scalar)
    }
    quoted.append("\"")
    return String(quoted)
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
    var rest = Substring(text).unicodeScalars
    rest.trim()
    guard rest.first == "{", rest.last == "}", rest.count > 1 else {
      return [try LabelMatcher(text, field: field)]
    }
    var (parts, part, isQuoted, isEscaped) = ([String](), String.UnicodeScalarView(), false, false)
    for scalar in rest.dropFirst().dropLast() {
      if scalar == ",", !isQuoted {
        parts.append(String(part))
        part = String.UnicodeScalarView()
        continue
      }
      if scalar == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = scalar == "\\" && !isEscaped
      part.append(scalar)
    }
    return try (parts + [String(part)]).filter { $0.notBlank != nil }.map { try LabelMatcher($0, field: field) }
  }
}

extension Substring.UnicodeScalarView {
  fileprivate mutating func trim() {
    self = drop { $0.properties.isWhitespace }
    while last?.properties.isWhitespace == true { removeLast() }
  }
}
