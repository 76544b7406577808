import Foundation
import Storage

/// PagerDuty's Events API v2 (PagerDuty/api-schema, reference/events-v2/openapiv3.json): one event a request.
public enum PagerDutyEvents {
  public static let name = "pagerduty"

  public struct Event: Sendable, Equatable {
    /// What its alert is called from now on.
    public let dedupKey: String
    public let signal: AlertSignal
  }

  /// - Parameter newKey: names an alert whose sender does not.
  /// - Throws: ``Failure`` with code `invalid` that says where the body is wrong, or `malformed`.
  public static func event(in body: Data, newKey: () -> String) throws -> Event {
    let event = try JSONInput(body)
    let action = try event.required("event_action").word(["trigger", "acknowledge", "resolve"])
    let given = try event.text("dedup_key")
    if action == "trigger" {
      let key = given ?? newKey()
      return Event(dedupKey: key, signal: .state(try alert(event, key)))
    }
    guard let given else { throw JSONInput(.null, "/dedup_key").fault("is missing: \(action) names an alert by it") }
    let kind = action == "acknowledge" ? AlertAction.Kind.acknowledge(until: nil) : .resolve
    return Event(
      dedupKey: given, signal: .action(AlertAction(source: name, key: .dedupKey(given), kind: kind)))
  }

  /// What the sender proves itself by; nil when there is none.
  public static func routingKey(in body: Data) -> String? {
    guard case .object(let members)? = try? JSON.parse(body) else { return nil }
    return members["routing_key"]?.string?.notBlank
  }

  private static func alert(_ event: JSONInput, _ key: String) throws -> ReceivedAlert {
    let payload = try event.required("payload")
    let summary = try payload.required("summary").words()
    let source = try payload.required("source").words()
    let severity = try payload.required("severity").word(["critical", "error", "warning", "info"])
    let details = try payload["custom_details"]?.value.flattened ?? [:]
    var labels = details
    (labels["source"], labels["severity"]) = (source, severity)
    for name in ["component", "group", "class"] {
      if let text = try payload[name]?.value.asText.notBlank { labels[name] = text }
    }
    let package = details["package"]?.notBlank ?? details["service"]?.notBlank ?? labels["component"]
    return ReceivedAlert(
      source: name, dedupKey: key, status: .firing, severity: Severity(senderWord: severity),
      package: package ?? name, title: summary, description: described(details), labels: labels,
      groupKey: "\(name):\(key)", url: try url(event))
  }

  private static func described(_ details: [String: String]) -> String? {
    let lines = details.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  /// The first link is of the alert, the client's address of the whole monitoring system.
  private static func url(_ event: JSONInput) throws -> String? {
    let links = try event["links"]?.items() ?? []
    return try links.lazy.compactMap { try $0.text("href") }.first ?? event.text("client_url")
  }
}

extension JSONValue {
  /// Every text and number in it, by its path: `{"disk": {"free": 1}}` is `disk.free`. The first 256 of them; a path is cut at
  /// 255 characters, or many members below one long name would take up more memory than there is.
  var flattened: [String: String] {
    guard case .object = self else { return self == .null ? [:] : ["custom_details": asText] }
    var flat: [String: String] = [:]
    flatten(under: "", into: &flat)
    return flat
  }

  private func flatten(under path: String, into flat: inout [String: String]) {
    guard flat.count < 256 else { return }
    guard case .object(let members) = self, !members.isEmpty else {
      if self != .null { flat[path] = asText }
      return
    }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      value.flatten(under: (path.isEmpty ? name : "\(path).\(name)").fitting(255), into: &flat)
    }
  }
}
