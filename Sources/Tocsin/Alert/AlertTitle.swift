/// The title that a rule gives its alerts: a text with `{placeholders}`. Replaced in one pass, so that what a label brings
/// in is never looked at again. A label that is missing counts as empty.
public struct AlertTitle: Sendable {
  /// Every placeholder, in the order that errors list them.
  static let placeholders = ["title", "severity", "package", "source", "labels.NAME"]

  private enum Part {
    case text(Substring)
    case value(String)
    case label(String)
  }

  private let parts: [Part]

  /// - Throws: ``Failure`` with code `invalid` for a `{name}` that is no placeholder. Braces around anything but a word are
  ///   plain text.
  public init(_ text: String) throws {
    var parts: [Part] = []
    var end = text.startIndex
    for match in text.matches(of: /\{(?:labels\.([^{}\s]+)|([A-Za-z_][A-Za-z0-9_.]*))\}/) {
      parts.append(.text(text[end..<match.range.lowerBound]))
      end = match.range.upperBound
      if let label = match.1 {
        parts.append(.label(String(label)))
      } else if let name = match.2, Self.placeholders.contains(String(name)) {
        parts.append(.value(String(name)))
      } else {
        throw Self.unknown(String(match.2 ?? ""))
      }
    }
    self.parts = parts + [.text(text[end...])]
  }

  private static func unknown(_ name: String) -> Failure {
    Failure.invalid(
      "title",
      "has an unknown placeholder {\(printable(name))}\(hint(name.lowercased(), placeholders)). "
        + "Allowed: \(placeholders.map { "{\($0)}" }.joined(separator: " "))",
      allowed: placeholders)
  }

  /// The alert's title; its own when nothing would be left of it.
  func render(_ alert: ReceivedAlert) -> String {
    let values = [
      "title": alert.title, "severity": alert.severity.rawValue, "package": alert.package, "source": alert.source,
    ]
    let text = parts.map { part in
      switch part {
      case .text(let text): String(text)
      case .value(let name): values[name, default: ""]
      case .label(let name): alert.labels[name, default: ""]
      }
    }.joined()
    return (text.notBlank ?? alert.title).fitting(255)
  }
}
