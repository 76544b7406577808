import Foundation
import Storage

/// The right to try one message once, for a while. Whoever holds a newer fence may settle it; an older claim comes to
/// nothing.
struct Claim: Sendable {
  /// Seconds: longer than any channel's own time-out, so that only a crash lets it lapse.
  static let lease = 90.0

  let message: OutboundMessage
  let channel: String
  let attempt: Int
  let fence: Int
  let createdAt: Date
}

/// Which messages a claim may take.
enum Claimable: Sendable {
  case dueOn(channel: String)
  case message(guid: String)
}

extension Transaction {
  /// Whether a claim would find something; takes no lock.
  func hasDue(_ claimable: Claimable) throws -> Bool { try dueRow(claimable) != nil }

  /// Takes the next message: CRITICAL first, then the oldest; never one before an earlier message of the same incident,
  /// channel and target is settled. The attempt is on record before the network is touched.
  func claim(_ claimable: Claimable, url: (Incident) -> String?) throws -> Claim? {
    guard let row = try dueRow(claimable) else { return nil }
    let guid = try row.text("CommunicationGuid")
    let fence = try row.integer("Fence")
    let matched = try execute(
      """
      UPDATE tocsin_outbox SET LeaseUntil = ?, Attempt = Attempt + 1, Fence = Fence + 1
      WHERE CommunicationGuid = ? AND Fence = ?
      """, [.time(now.addingTimeInterval(Claim.lease)), .text(guid), .integer(fence)])
    guard matched == 1 else { return nil }
    do {
      return try claim(row, guid, fence + 1, url)
    } catch let error where Failure(error).code != .unavailable {
      // Something was edited by hand into what cannot be read. It must not keep the messages behind it waiting.
      try postpone(guid, Failure(error).message)
      return nil
    }
  }

  private func claim(_ row: Row, _ guid: String, _ fence: Int, _ url: (Incident) -> String?) throws -> Claim {
    Claim(
      message: try message(row, guid, url), channel: try row.text("Channel"),
      attempt: try row.integer("Attempt") + 1, fence: fence, createdAt: try row.time("CreatedAt"))
  }

  private func postpone(_ guid: String, _ reason: String) throws {
    try execute(
      "UPDATE tocsin_outbox SET NextAt = ?, LeaseUntil = NULL WHERE CommunicationGuid = ?",
      [.time(now.addingTimeInterval(300)), .text(guid)])
    try execute(
      "UPDATE data_incident_communication SET ErrorMessage = ? WHERE CommunicationGuid = ?",
      [.text("the message or its incident cannot be read: \(reason)"), .text(guid)])
  }

  private func dueRow(_ claimable: Claimable) throws -> Row? {
    let (condition, value) =
      switch claimable {
      case .dueOn(let channel): ("Channel = ?", channel)
      case .message(let guid): ("CommunicationGuid = ?", guid)
      }
    return try row(
      """
      SELECT * FROM tocsin_outbox AS this WHERE \(condition) AND NextAt <= ?
        AND (LeaseUntil IS NULL OR LeaseUntil < ?)
        AND NOT EXISTS (SELECT 1 FROM tocsin_outbox AS earlier WHERE earlier.IncidentGuid = this.IncidentGuid
          AND earlier.Channel = this.Channel AND earlier.Target = this.Target AND earlier.Id < this.Id)
      ORDER BY Urgency DESC, Id LIMIT 1
      """, [.text(value), .time(now), .time(now)])
  }

  private func message(_ row: Row, _ guid: String, _ url: (Incident) -> String?) throws -> OutboundMessage {
    guard
      let sent = try self.row(
        "SELECT * FROM data_incident_communication WHERE CommunicationGuid = ?", [.text(guid)]
      ).map(Communication.init)
    else { throw StorageError(.unreadable, "message \(guid) is in the outbox but not on record") }
    let incident = try incident(sent.incidentGuid)
    return OutboundMessage(
      kind: OutboundMessage.Kind(rawValue: try row.text("Kind")) ?? .notification, communicationGuid: guid,
      shortRef: sent.shortRef, target: try row.text("Target"), subject: try row.text("Subject"),
      text: try row.optionalText("TextBody") ?? sent.message ?? "", html: try row.optionalText("HtmlBody"),
      incident: incident, incidentURL: url(incident))
  }
}
