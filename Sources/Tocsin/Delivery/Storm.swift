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

  /// The text of a bundle: a line for each incident, the most urgent first, ending with the reference of the first.
  ///
  /// - Returns: the text and how many of `messages` it tells of. The rest did not fit into `limit`.
  static func text(of messages: [OutboundMessage], within limit: TextLimit?) -> (text: String, count: Int) {
    var lines: [String] = []
    var text = ""
    for message in messages {
      lines.append(line(message))
      let longer =
        heading(Array(messages.prefix(lines.count))) + "\n" + lines.joined(separator: "\n")
        + "\n[Ref: \(messages[0].shortRef)]"
      if let limit, limit.length(of: longer) > limit.count, lines.count > 1 { return (text, lines.count - 1) }
      text = longer
    }
    return (text, lines.count)
  }

  static func heading(_ messages: [OutboundMessage]) -> String {
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
    return "\(incident.severity.rawValue) \(short) (\(incident.package)) \(message.shortRef)"
  }
}

extension Transaction {
  /// Whether somebody was woken at the target within the last minute by a message at least as urgent.
  func isStorm(_ delivery: Delivery, urgency: Int) throws -> Bool {
    try row(
      """
      SELECT 1 FROM tocsin_delivery JOIN data_incident USING (IncidentGuid)
      WHERE Channel = ? AND TargetKey = ? AND tocsin_delivery.CreatedAt > ? AND Kind = 'NOTIFICATION' AND IsHeld = 0
        AND Severity IN (\(Severity.allCases.filter { $0.urgency >= urgency }.map { "'\($0.rawValue)'" }
          .joined(separator: ", ")))
      LIMIT 1
      """,
      [.text(delivery.channel), .text(delivery.targetKey), .time(now.addingTimeInterval(-Storm.window))]) != nil
  }
}
