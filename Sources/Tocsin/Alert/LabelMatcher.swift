import Foundation

/// A condition on one label, written as Alertmanager writes it: `team=dba`, `env!="test"`, `job=~"db-.*"`, `job!~"…"`.
/// A label that is missing counts as empty. Expressions must fit the whole value.
public struct LabelMatcher: Sendable {
  private enum Test: Sendable {
    case equals(String)
    case fits(NSRegularExpression)
  }

  private let label: String
  private let test: Test
  private let negated: Bool

  /// - Throws: ``Failure`` with code `invalid` for text that is no matcher or a bad expression.
  public init(_ text: String) throws {
    guard let match = text.wholeMatch(of: /\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*(!=|=~|!~|=)\s*(.*?)\s*/) else {
      throw Failure.invalid(
        "match",
        "\"\(printable(text))\" is not a matcher; write label=value, label!=value, label=~regex or label!~regex")
    }
    let value = Self.unquoted(String(match.3))
    label = String(match.1)
    negated = match.2.hasPrefix("!")
    guard match.2.hasSuffix("~") else {
      test = .equals(value)
      return
    }
    guard let expression = try? NSRegularExpression(pattern: "^(?:\(value))$") else {
      throw Failure.invalid("match", "\"\(printable(value))\" is not a regular expression")
    }
    test = .fits(expression)
  }

  public func matches(_ labels: [String: String]) -> Bool {
    let value = labels[label, default: ""]
    let fits =
      switch test {
      case .equals(let wanted): value == wanted
      case .fits(let expression):
        expression.firstMatch(in: value, range: NSRange(value.startIndex..., in: value)) != nil
      }
    return fits != negated
  }

  private static func unquoted(_ value: String) -> String {
    value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"") ? String(value.dropFirst().dropLast()) : value
  }
}
