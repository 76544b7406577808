import Foundation
import Storage

/// Many alerts, few messages. On a channel that bundles, the first message of a rule to a target goes out at once, and so
/// does the first that is more urgent. What follows within a minute is held for a moment; when that is over, everything that
/// is held for the target goes out as one message, which names each incident with its own reference.
enum Storm {
  /// Seconds in which one message was enough to wake somebody.
  static let window = 60.0
  /// Seconds that a message is held, at most.
  static let hold = 10.0
  /// Incidents in one message.
  static let largestBundle = 50

  /// One message that tells of all: a line for each incident, the most urgent first, ending with the reference of the
  /// first. A single one goes out as it is.
  static func message(_ messages: [OutboundMessage]) -> OutboundMessage {
    var bundle = messages[0]
    guard messages.count > 1 else { return bundle }
    let lines = messages.sorted { $0.incident.severity.urgency > $1.incident.severity.urgency }.map(line)
    bundle.text = ([heading(messages)] + lines + ["[Ref: \(bundle.shortRef)]"]).joined(separator: "\n")
    bundle.subject = "\(heading(messages)) [Ref: \(bundle.shortRef)]"
    bundle.incidents = messages.count
    return bundle
  }

  private static func heading(_ messages: [OutboundMessage]) -> String {
    let counts = Severity.allCases.compactMap { severity in
      let count = messages.count { $0.incident.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    return "\(messages.count) incidents: \(counts.joined(separator: ", "))"
  }

  private static func line(_ message: OutboundMessage) -> String {
    let incident = message.incident
    let title = oneLine(incident.title)
    let short = title.count > 80 ? title.prefix(79) + "…" : title[...]
    let state = message.kind == .update ? "\(incident.status.rawValue) " : ""
    return "\(state)\(incident.severity.rawValue) \(short) (\(incident.package)) \(message.shortRef)"
  }
}

extension Transaction {
  /// Whether somebody was woken at the target within the last minute by a message at least as urgent.
  func isStorm(_ delivery: Delivery, urgency: Int) throws -> Bool {
    try rows(
      """
      SELECT Severity, message.Metadata AS Metadata FROM tocsin_delivery AS this JOIN data_incident ON data_incident.IncidentGuid = this.IncidentGuid
        JOIN data_incident_communication AS message ON message.CommunicationGuid = this.CommunicationGuid
      WHERE this.Channel = ? AND TargetKey = ? AND this.CreatedAt > ? AND Kind = 'NOTIFICATION' AND MayBeHeld = 1 AND IsHeld = 0
        AND message.Status <> 'FAILED'
        AND Severity IN (\(Severity.allCases.filter { $0.urgency >= urgency }.map { "'\($0.rawValue)'" }
          .joined(separator: ", ")))
      ORDER BY this.CreatedAt, this.Id LIMIT 20
      """,
      [.text(delivery.channel), .text(delivery.targetKey), .time(now.addingTimeInterval(-Storm.window))]
    ).contains { row in
      // The incident may have become graver since.
      let metadata = try? JSONValue.object(row.optionalText("Metadata"))
      return try (MessageDraft.severity(in: metadata) ?? Severity(word: row.text("Severity"))).urgency >= urgency
    }
  }
}
