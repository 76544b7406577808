import Foundation
import Storage

extension Transaction {
  /// Records that the vendor took the message. Nothing happens when somebody else holds the claim by now.
  func settle(_ claim: Claim, sent receipt: Receipt) throws {
    guard try leaveOutbox(claim) else { return }
    // The message is out: nothing about its id may undo that.
    let id = receipt.externalId.fitting(255)
    try update(
      claim, status: .sent, externalId: id, error: nil,
      adding: ["attempts": .integer(Int64(claim.attempt)), "sent_at": .string(JSON.time(now))])
    let type: EventType = claim.message.kind == .report ? .reportEmailed : .notificationSent
    try recordOutcome(type, claim, "sent")
  }

  /// Records that the message was given up, and why.
  func settle(_ claim: Claim, failed reason: String) throws {
    guard try leaveOutbox(claim) else { return }
    try update(
      claim, status: .failed, externalId: nil, error: reason, adding: ["attempts": .integer(Int64(claim.attempt))])
    try recordOutcome(.notificationFailed, claim, "failed: \(excerpt(reason))")
  }

  /// Leaves the message PENDING, to be tried again in `seconds`.
  func settle(_ claim: Claim, retryIn seconds: Double, _ reason: String) throws {
    let matched = try execute(
      "UPDATE tocsin_outbox SET NextAt = ?, LeaseUntil = NULL WHERE CommunicationGuid = ? AND Fence = ?",
      [.time(now.addingTimeInterval(seconds)), .text(claim.message.communicationGuid), .integer(claim.fence)])
    guard matched == 1 else { return }
    try execute(
      "UPDATE data_incident_communication SET ErrorMessage = ? WHERE CommunicationGuid = ?",
      [.text(reason), .text(claim.message.communicationGuid)])
  }

  private func leaveOutbox(_ claim: Claim) throws -> Bool {
    try execute(
      "DELETE FROM tocsin_outbox WHERE CommunicationGuid = ? AND Fence = ?",
      [.text(claim.message.communicationGuid), .integer(claim.fence)]) == 1
  }

  private func update(
    _ claim: Claim, status: DeliveryStatus, externalId: String?, error: String?, adding: Metadata
  ) throws {
    let guid = SQLValue.text(claim.message.communicationGuid)
    let before = try row("SELECT Metadata FROM data_incident_communication WHERE CommunicationGuid = ?", [guid])
    let metadata = (try? JSONValue.object(before?.optionalText("Metadata"))) ?? [:]
    try execute(
      """
      UPDATE data_incident_communication SET Status = ?, ExternalId = ?, ErrorMessage = ?, Metadata = ?
      WHERE CommunicationGuid = ?
      """,
      [
        .text(status.rawValue), .text(externalId), .text(error), .json(metadata.merging(adding) { $1 }), guid,
      ])
  }

  /// The event goes to where the message is now: a merge may have moved it while it was on its way. It is by whoever had the
  /// message sent.
  private func recordOutcome(_ type: EventType, _ claim: Claim, _ outcome: String) throws {
    let message = claim.message
    let sent = try row(
      "SELECT IncidentGuid, Recipient, Metadata FROM data_incident_communication WHERE CommunicationGuid = ?",
      [.text(message.communicationGuid)])
    let sender = (try? JSONValue.object(sent?.optionalText("Metadata")))?["sent_by"]?.string
    try record(
      type, on: sent?.text("IncidentGuid") ?? message.incident.incidentGuid,
      "\(claim.channel) to \(excerpt(sent?.optionalText("Recipient") ?? "")) \(outcome) [Ref: \(message.shortRef)]",
      by: sender.flatMap { try? Principal($0) } ?? .system)
  }
}
