import Foundation
import Storage

/// Opsgenie's Alert API (docs.opsgenie.com/docs/alert-api), and its successor's, which kept the shape.
public enum Opsgenie {
  public static let name = "opsgenie"

  /// What can be done about an alert that is known. Each is the last part of an address.
  public enum Verb: String, Sendable, CaseIterable {
    case close, acknowledge, unacknowledge, snooze, notes, assign
    case message, description, priority

    /// Whether it replaces a field of the alert.
    public var isChange: Bool { [.message, .description, .priority].contains(self) }
  }

  static let priorities = ["P1", "P2", "P3", "P4", "P5"]

  /// An alert to create, with what is noted on it at once. Its texts are cut as everywhere, never refused.
  ///
  /// - Parameter newAlias: names an alert whose sender does not.
  /// - Throws: ``Failure`` with code `invalid` that says where the body is wrong, or `malformed`.
  public static func creation(in body: Data, newAlias: () -> String) throws -> (alias: String, signals: [AlertSignal]) {
    let request = try JSONInput(body)
    let title = try request.required("message").words()
    let alias = try request.text("alias") ?? newAlias()
    let priority = try request.text("priority") == nil ? "P3" : request.required("priority").word(priorities)
    let labels = try labels(request, priority)
    let source = labels["source"] ?? ""
    let alert = ReceivedAlert(
      source: name, dedupKey: alias, status: .firing, severity: severity(priority),
      package: ReceivedAlert.package(labels) ?? name, title: title, description: try request.text("description"),
      labels: labels, groupKey: "\(name):\(alias)",
      url: source.hasPrefix("https://") || source.hasPrefix("http://") ? source : nil)
    let notes = try note(request, on: .dedupKey(alias)).map { AlertSignal.action($0) }
    return (alias, [.state(alert)] + notes)
  }

  /// What `verb` does to the alert named by `key`.
  ///
  /// - Parameter body: may be empty for verbs that need nothing said.
  /// - Throws: ``Failure`` with code `invalid` that says where the body is wrong, or `malformed`.
  public static func actions(_ verb: Verb, on key: AlertAction.Key, in body: Data) throws -> [AlertAction] {
    let request = body.isEmpty ? JSONInput(.object([:]), "") : try JSONInput(body)
    let action = AlertAction(source: name, key: key, kind: try kind(verb, request), by: try request.text("user"))
    // Before an alert ends, and with it perhaps its incident.
    return verb == .notes ? [action] : try note(request, on: key) + [action]
  }

  private static func kind(_ verb: Verb, _ request: JSONInput) throws -> AlertAction.Kind {
    switch verb {
    case .close: return .resolve
    case .acknowledge: return .acknowledge(until: nil)
    case .unacknowledge: return .unacknowledge
    case .snooze:
      let place = try request.required("endTime")
      guard let end = try request.time("endTime") else { throw place.fault("is missing") }
      return .acknowledge(until: end)
    case .notes: return .note(try request.required("note").words())
    case .assign:
      let owner = try request.required("owner")
      guard let person = try owner.text("username") ?? owner.text("id") else { throw owner.fault("has no username") }
      return .assign(to: person)
    case .message: return .retitle(try request.required("message").words())
    case .description: return .describe(try request.required("description").text())
    case .priority: return .grade(severity(try request.required("priority").word(priorities)))
    }
  }

  private static func note(_ request: JSONInput, on key: AlertAction.Key) throws -> [AlertAction] {
    guard let text = try request.text("note") else { return [] }
    return [AlertAction(source: name, key: key, kind: .note(text), by: try request.text("user"))]
  }

  /// The sender's own details, and the fields that Opsgenie's policies match by.
  private static func labels(_ request: JSONInput, _ priority: String) throws -> [String: String] {
    var labels = try request["details"]?.labels() ?? [:]
    labels["priority"] = priority
    for name in ["entity", "source"] { if let text = try request.text(name) { labels[name] = text } }
    let tags = try request["tags"]?.items().map(\.value.asText) ?? []
    if !tags.isEmpty { labels["tags"] = tags.joined(separator: ",") }
    let responders = try (request["responders"] ?? request["teams"])?.items() ?? []
    let names = try responders.compactMap { try $0.text("name") ?? $0.text("username") }
    if !names.isEmpty { labels["responders"] = names.joined(separator: ",") }
    return labels
  }

  private static func severity(_ priority: String) -> Severity { Severity(senderWord: priority) }

  /// How urgent Opsgenie would call the alert.
  public static func priority(of alert: Alert) -> String {
    if let own = alert.labels["priority"], priorities.contains(own), severity(own) == alert.severity { return own }
    return switch alert.severity {
    case .critical: "P1"
    case .high: "P2"
    case .medium: "P3"
    case .low: "P4"
    }
  }
}
