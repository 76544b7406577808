import Foundation
import Storage

/// Alertmanager's webhook, version 4 (prometheus/alertmanager, notify/webhook/webhook.go and template/template.go).
public enum Alertmanager: AlertSource {
  public static let name = "alertmanager"

  private struct Payload: Decodable {
    let version: String
    let groupKey: String
    let alerts: [Entry]
  }

  private struct Entry: Decodable {
    let status: String
    let labels: [String: String]
    let annotations: [String: String]?
    let startsAt: String
    let endsAt: String?
    let generatorURL: String?
    let fingerprint: String?
  }

  public static func alerts(in body: Data) throws -> [ReceivedAlert] {
    let payload = try JSON.decode(Payload.self, body)
    guard payload.version == "4" else {
      throw Failure(
        .invalid,
        "/version is \"\(printable(payload.version))\"; this is the door for Alertmanager's webhook version \"4\"",
        field: "/version", allowed: ["4"])
    }
    return try payload.alerts.enumerated().map { index, entry in
      try alert(entry, groupKey: payload.groupKey, pointer: "/alerts/\(index)")
    }
  }

  private static func alert(_ entry: Entry, groupKey: String, pointer: String) throws -> ReceivedAlert {
    guard entry.status == "firing" || entry.status == "resolved" else {
      throw Failure(
        .invalid, "\(pointer)/status is \"\(printable(entry.status))\"; allowed: firing, resolved",
        field: pointer + "/status", allowed: ["firing", "resolved"])
    }
    guard let startsAt = UTC.parseRFC3339(entry.startsAt) else {
      throw Failure(
        .invalid, "\(pointer)/startsAt is not an RFC 3339 time such as 2026-11-21T16:28:03Z",
        field: pointer + "/startsAt")
    }
    let annotations = entry.annotations ?? [:]
    let labels = entry.labels
    let name = labels["alertname"].flatMap(notEmpty) ?? "Alert without a name"
    return ReceivedAlert(
      source: Self.name, dedupKey: (entry.fingerprint.flatMap(notEmpty) ?? key(labels)).keyFitting255,
      status: entry.status == "firing" ? .firing : .resolved, severity: Severity(senderWord: labels["severity"]),
      package: ["package", "service", "job"].lazy.compactMap { labels[$0].flatMap(notEmpty) }.first?.fitting(100)
        ?? Self.name,
      title: ["summary", "title"].lazy.compactMap { annotations[$0].flatMap(notEmpty) }.first?.fitting(255)
        ?? name.fitting(255),
      description: (annotations["description"] ?? annotations["message"])?.fittingBlock(Text.longest), labels: labels,
      groupKey: "\(Self.name):\(groupKey)", url: entry.generatorURL.flatMap(notEmpty), startsAt: startsAt,
      // While an alert fires, Alertmanager sends year 1 or the moment at which it would expire.
      endsAt: entry.status == "resolved" ? entry.endsAt.flatMap(UTC.parseRFC3339) : nil)
  }

  /// Labels identify an alert; only old senders leave the fingerprint out.
  private static func key(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
  }

  private static func notEmpty(_ text: String) -> String? { text.allSatisfy(\.isWhitespace) ? nil : text }
}
