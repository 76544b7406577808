import Foundation
import Storage

/// Alertmanager's webhook, version 4 (prometheus/alertmanager, notify/webhook/webhook.go and template/template.go).
public enum Alertmanager {
  public static let name = "alertmanager"

  /// - Throws: ``Failure`` with code `malformed` or `invalid` that says where the body is wrong.
  public static func alerts(in body: Data) throws -> [ReceivedAlert] {
    let payload = try JSONInput(body)
    let version = try payload.required("version")
    guard version.value == "4" else {
      throw version.fault(
        "is \"\(printable(version.value.asText))\"; this is the door for Alertmanager's webhook version \"4\"",
        allowed: ["4"])
    }
    let groupKey = try payload.required("groupKey").text()
    return try payload.required("alerts").items().map { try alert($0, groupKey: groupKey) }
  }

  private static func alert(_ entry: JSONInput, groupKey: String) throws -> ReceivedAlert {
    let status = try entry.required("status").word(["firing", "resolved"])
    let labels = try entry.required("labels").labels()
    let annotations = try entry["annotations"]?.labels() ?? [:]
    let start = try entry.required("startsAt")
    guard let startsAt = try entry.time("startsAt") else { throw start.fault("is missing") }
    // While an alert fires, Alertmanager sends year 1 or the moment at which it would expire.
    let endsAt = status == "resolved" ? try? entry.time("endsAt") : nil
    return ReceivedAlert(
      source: name, dedupKey: try entry.text("fingerprint") ?? key(labels),
      status: status == "firing" ? .firing : .resolved,
      labels: labels, annotations: annotations, groupKey: "\(name):\(groupKey)", url: try entry.text("generatorURL"),
      startsAt: startsAt, endsAt: endsAt)
  }

  /// Labels identify an alert; only old senders leave the fingerprint out.
  static func key(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
  }
}
