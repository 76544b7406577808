import Foundation
import Tocsin

/// Alerts as Alertmanager shows them (api/v2/openapi.yaml: gettableAlert, alertGroup, alertmanagerStatus).
enum AlertmanagerAlert {
  static let receiver = JSONValue.object(["name": "tocsin"])

  static func shown(_ firing: FiringAlert) -> JSONValue {
    let alert = firing.alert
    var annotations: [String: JSONValue] = ["summary": .string(alert.title)]
    if let description = alert.description { annotations["description"] = .string(description) }
    let end = alert.expiresAt ?? alert.lastSeenAt.addingTimeInterval(AlertmanagerAlert.resolveTimeout)
    return .object([
      "fingerprint": .string(LabelFingerprint.text(alert.namedLabels)),
      "labels": .object(alert.namedLabels.mapValues { .string($0) }), "annotations": .object(annotations),
      "startsAt": .string(JSON.time(alert.startsAt)), "updatedAt": .string(JSON.time(alert.lastSeenAt)),
      "endsAt": .string(JSON.time(end)), "generatorURL": .string(alert.url ?? ""), "receivers": .array([receiver]),
      "status": .object([
        "state": .string(firing.silencedBy.isEmpty ? "active" : "suppressed"),
        "silencedBy": .array(firing.silencedBy.map { .string($0) }), "inhibitedBy": .array([]),
      ]),
    ])
  }

  /// What upstream takes when a sender does not say when an alert ends.
  private static let resolveTimeout = 300.0

  /// - Parameter alerts: those of one group, one at least. Its labels are what they are grouped by most often.
  static func group(_ alerts: [FiringAlert]) -> JSONValue {
    let names = Set(alerts.map { $0.alert.namedLabels["alertname"] })
    let name = names.count == 1 ? names.first ?? nil : nil
    return .object([
      "labels": .object(name.map { ["alertname": .string($0)] } ?? [:]), "receiver": receiver,
      "alerts": .array(alerts.map(shown)),
    ])
  }

  static func status(since start: Date) -> JSONValue {
    .object([
      "uptime": .string(JSON.time(start)),
      "cluster": .object(["status": "disabled", "peers": .array([])]),
      "config": .object(["original": "route:\n  receiver: tocsin\nreceivers:\n- name: tocsin\n"]),
      "versionInfo": .object([
        "version": .string(Product.version), "branch": "", "buildDate": "", "buildUser": "", "goVersion": "",
        "revision": "",
      ]),
    ])
  }
}
