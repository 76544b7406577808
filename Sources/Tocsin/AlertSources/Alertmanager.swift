import Foundation
import Storage

/// Alertmanager's webhook, version 4 (prometheus/alertmanager, notify/webhook/webhook.go and template/template.go).
public enum Alertmanager {
  public static let name = "alertmanager"

  /// - Throws: ``Failure`` with code `malformed` or `invalid` that says where the body is wrong.
  public static func alerts(in body: Data) throws -> [ReceivedAlert] {
    try AlertmanagerWebhook(source: name, sender: "Alertmanager", version: "4", urls: ["generatorURL"]).alerts(in: body)
  }
}

/// A webhook of Alertmanager's shape.
struct AlertmanagerWebhook {
  let source: String
  /// For people.
  let sender: String
  let version: String
  /// Where an alert has its address: the first that there is.
  let urls: [String]

  /// - Throws: ``Failure`` with code `malformed` or `invalid` that says where the body is wrong.
  func alerts(in body: Data) throws -> [ReceivedAlert] {
    let payload = try JSONInput(body)
    let found = try payload.required("version")
    guard found.value == .string(version) else {
      throw found.fault(
        "is \"\(printable(found.value.asText))\"; this is the door for \(sender)'s webhook version \"\(version)\"",
        allowed: [version])
    }
    let groupKey = try payload.required("groupKey").text()
    return try payload.required("alerts").items().map { try alert($0, groupKey: groupKey) }
  }

  private func alert(_ entry: JSONInput, groupKey: String) throws -> ReceivedAlert {
    let status = try entry.required("status").word(["firing", "resolved"])
    let labels = try entry.required("labels").labels()
    let annotations = try entry["annotations"]?.labels() ?? [:]
    let start = try entry.required("startsAt")
    guard let startsAt = try entry.time("startsAt") else { throw start.fault("is missing") }
    // While an alert fires, it is year 1 or the moment at which it would expire.
    let endsAt = status == "resolved" ? try? entry.time("endsAt") : nil
    return ReceivedAlert(
      // Labels identify an alert; only old senders leave the fingerprint out.
      source: source,
      dedupKey: try entry.text("fingerprint") ?? ReceivedAlert.lines(labels).joined(separator: "\n"),
      status: status == "firing" ? .firing : .resolved, labels: labels, annotations: annotations,
      groupKey: "\(source):\(groupKey)", url: try url(entry), startsAt: startsAt, endsAt: endsAt)
  }

  private func url(_ entry: JSONInput) throws -> String? {
    for name in urls { if let url = try entry.text(name) { return url } }
    return nil
  }
}
