/// The text of a message with `{placeholders}`. Replaced in one pass: what a placeholder brings in is never looked at
/// again, so hostile text in a title cannot pull in anything else.
struct Template: Sendable {
  /// Every placeholder, in the order that help and errors list them.
  static let placeholders = [
    "incident_guid", "incident_title", "incident_severity", "incident_status", "incident_package",
    "incident_description", "incident_created_at", "incident_assigned_to", "short_ref", "incident_url",
  ]

  private enum Part {
    case text(Substring)
    case placeholder(String)
  }

  private var parts: [Part]

  /// - Throws: ``Failure`` with code `invalid` for a `{name}` that is no placeholder. Braces around anything but a word are
  ///   plain text.
  init(_ text: String) throws {
    var parts: [Part] = []
    var rest = try Text.block(text, "message_template")[...]
    while let open = rest.firstIndex(of: "{") {
      let name = rest[rest.index(after: open)...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      let isPlaceholder = name.first?.isNumber == false && rest[name.endIndex...].first == "}"
      guard isPlaceholder else {
        parts.append(.text(rest[..<name.endIndex]))
        rest = rest[name.endIndex...]
        continue
      }
      guard Self.placeholders.contains(String(name)) else { throw Self.unknown(String(name)) }
      parts.append(.text(rest[..<open]))
      parts.append(.placeholder(String(name)))
      rest = rest[name.endIndex...].dropFirst()
    }
    self.parts = parts + [.text(rest)]
  }

  /// The same with another line, in which nothing is a placeholder; nil for none.
  func adding(line: String?) -> Template {
    var template = self
    if let line { template.parts.append(.text("\n\(line)")) }
    return template
  }

  private static func unknown(_ name: String) -> Failure {
    Failure(
      .invalid,
      "message_template has an unknown placeholder {\(printable(name))}\(hint(name.lowercased(), placeholders)). "
        + "Allowed: \(placeholders.map { "{\($0)}" }.joined(separator: " "))",
      field: "message_template", allowed: placeholders)
  }

  /// The message, ending with its reference unless the template placed that itself.
  ///
  /// - Throws: ``Failure`` with code `invalid` when the whole is longer than a message may be.
  func render(_ values: [String: String], shortRef: String) throws -> String {
    var placesRef = false
    var message = ""
    for part in parts {
      switch part {
      case .text(let text): message += text
      case .placeholder(let name):
        placesRef = placesRef || name == "short_ref"
        message += name == "short_ref" ? shortRef : values[name, default: ""]
      }
    }
    if !placesRef { message += (message.hasSuffix("\n") ? "" : "\n") + "[Ref: \(shortRef)]" }
    return try Text.block(message, "message")
  }
}

extension OutboundMessage {
  /// Whether `text` is what Tocsin writes when nobody made a template: a heading that is underlined. Its facts are the
  /// incident's, which some channels show in a form of their own.
  public static func isStandard(_ text: String) -> Bool {
    let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, lines[0].wholeMatch(of: /(CRITICAL|HIGH|MEDIUM|LOW) INCIDENT (ALERT|CLOSED)/) != nil else {
      return false
    }
    return lines[1].count == lines[0].count && lines[1].allSatisfy { $0 == "=" }
  }
}

extension Incident {
  /// What the placeholders stand for, but for `short_ref`.
  func placeholderValues(url: String?) -> [String: String] {
    [
      "incident_guid": incidentGuid, "incident_title": title, "incident_severity": severity.rawValue,
      "incident_status": status.rawValue, "incident_package": package, "incident_description": description ?? "",
      "incident_created_at": JSON.time(createdAt), "incident_assigned_to": assignedTo ?? "", "incident_url": url ?? "",
    ]
  }

  /// What is sent when neither the call nor the rule brings a template.
  func standardTemplate(hasURL: Bool) -> String {
    let heading = status == .closed ? "\(severity.rawValue) INCIDENT CLOSED" : "\(severity.rawValue) INCIDENT ALERT"
    var lines = [heading, String(repeating: "=", count: heading.count), "{incident_title}"]
    lines += ["Status: {incident_status}", "Package: {incident_package}"]
    if assignedTo != nil { lines.append("Assigned to: {incident_assigned_to}") }
    lines.append("Created: {incident_created_at}")
    if hasURL { lines.append("{incident_url}") }
    return lines.joined(separator: "\n")
  }
}
