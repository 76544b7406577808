import Foundation
import Storage

/// Grafana's webhook, version 1 (grafana/grafana docs, webhook-notifier.md): Alertmanager's, with more addresses.
public enum Grafana {
  public static let name = "grafana"

  /// - Throws: ``Failure`` with code `malformed` or `invalid` that says where the body is wrong.
  public static func alerts(in body: Data) throws -> [ReceivedAlert] {
    let payload = try JSONInput(body)
    let version = try payload.required("version")
    guard version.value == "1" else {
      throw version.fault(
        "is \"\(printable(version.value.asText))\"; this is the door for Grafana's webhook version \"1\"",
        allowed: ["1"])
    }
    let groupKey = try payload.required("groupKey").text()
    return try payload.required("alerts").items().map { try alert($0, groupKey: groupKey) }
  }

  private static func alert(_ entry: JSONInput, groupKey: String) throws -> ReceivedAlert {
    let status = try entry.required("status").word(["firing", "resolved"])
    let labels = try entry.required("labels").labels()
    let start = try entry.required("startsAt")
    guard let startsAt = try entry.time("startsAt") else { throw start.fault("is missing") }
    // While an alert fires, Grafana sends year 1.
    let endsAt = status == "resolved" ? try? entry.time("endsAt") : nil
    let url = try entry.text("panelURL") ?? entry.text("dashboardURL") ?? entry.text("generatorURL")
    return ReceivedAlert(
      source: name, dedupKey: try entry.text("fingerprint") ?? Alertmanager.key(labels),
      status: status == "firing" ? .firing : .resolved, labels: labels,
      annotations: try entry["annotations"]?.labels() ?? [:], groupKey: "\(name):\(groupKey)", url: url,
      startsAt: startsAt, endsAt: endsAt)
  }
}
