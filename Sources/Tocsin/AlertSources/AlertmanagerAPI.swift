import Foundation
import Storage

/// Alertmanager's API, version 2, as what Prometheus and its kin send to (prometheus/alertmanager, api/v2/openapi.yaml,
/// `POST /alerts`). An alert is the same as one that comes by Alertmanager's webhook.
public enum AlertmanagerAPI {
  /// What was sent: like Alertmanager, Tocsin takes the alerts that are good though others of the same delivery are not.
  public struct Delivery: Sendable {
    public internal(set) var alerts: [ReceivedAlert] = []
    public internal(set) var faults: [Failure] = []
  }

  /// Seconds after which an alert without an end counts as resolved unless it comes again: upstream's `resolve_timeout`.
  static let resolveTimeout = 300.0

  /// - Throws: ``Failure`` with code `malformed` or `invalid` for what is no list at all.
  public static func delivery(in body: Data, now: Date) throws -> Delivery {
    var delivery = Delivery()
    for entry in try JSONInput(body).items() {
      do {
        delivery.alerts.append(try alert(entry, now: now))
      } catch let failure as Failure {
        delivery.faults.append(failure)
      }
    }
    return delivery
  }

  private static func alert(_ entry: JSONInput, now: Date) throws -> ReceivedAlert {
    let labels = try entry.required("labels").labels().filter { !$0.value.isEmpty }
    if labels.isEmpty {
      throw try entry.required("labels").fault("have no label with a value; an alert has one or more")
    }
    let (start, end) = (try time("startsAt", of: entry), try time("endsAt", of: entry))
    if let start, let end, start > end { throw try entry.required("startsAt").fault("is after endsAt") }
    let isOver = end.map { $0 <= now } ?? false
    return ReceivedAlert(
      source: Alertmanager.name, dedupKey: LabelFingerprint.text(labels), status: isOver ? .resolved : .firing,
      labels: labels, annotations: try entry["annotations"]?.labels() ?? [:], groupKey: groupKey(labels),
      url: try entry.text("generatorURL"), startsAt: start, endsAt: isOver ? end : nil,
      expiresAt: isOver ? nil : end ?? now.addingTimeInterval(resolveTimeout))
  }

  /// Go's clients write a time that is not set as year 1.
  private static func time(_ name: String, of entry: JSONInput) throws -> Date? {
    try entry.time(name).flatMap { $0 < Date(timeIntervalSince1970: 0) ? nil : $0 }
  }

  /// That of an Alertmanager with one route, which groups by `alertname` as its sample configuration does: then an alert
  /// that comes both ways has one group.
  private static func groupKey(_ labels: [String: String]) -> String {
    let name = labels["alertname"].map {
      "alertname=\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    return "\(Alertmanager.name):{}:{\(name ?? "")}"
  }
}

/// What Prometheus and Alertmanager know an alert by: FNV-1a, 64 bits, over its labels in order of their names
/// (prometheus/common, model/signature.go and model/labelset.go).
public enum LabelFingerprint {
  /// 16 hexadecimal digits.
  public static func text(_ labels: [String: String]) -> String {
    let pairs = labels.map { (Array($0.key.utf8), Array($0.value.utf8)) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    var sum: UInt64 = 14_695_981_039_346_656_037
    for (name, value) in pairs {
      for byte in name + [255] + value + [255] { sum = (sum ^ UInt64(byte)) &* 1_099_511_628_211 }
    }
    return hex((0..<8).map { UInt8(truncatingIfNeeded: sum >> (56 - 8 * $0)) })
  }
}
