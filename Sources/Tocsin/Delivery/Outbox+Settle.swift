import Foundation
import Storage

extension Transaction {
  /// Records what became of an attempt: SENT with the vendor's id, FAILED with the reason, or still PENDING with the time of
  /// the next try. A claim that somebody else has taken over meanwhile changes nothing.
  ///
  /// - Parameter duration: of the attempt, in seconds.
  func settle(_ batch: Batch, _ result: Result<Receipt, SendFailure>, duration: Double) throws {
    for claim in batch.claims { try settle(claim, in: batch, result, duration: duration) }
    if case .success(let receipt) = result {
      try applyReport(channel: batch.channel, externalId: receipt.externalId.fitting(255))
    }
    try change(batch.channel, batch.destination) { [now] destination in
      switch result {
      case .success(let receipt): destination.answered(now, quiet: receipt.quiet)
      case .failure(.permanent): destination.answered(now, quiet: nil)
      case .failure(.retryable(_, let after)): destination.failed(now, asked: after)
      }
    }
  }

  private func settle(
    _ claim: Claim, in batch: Batch, _ result: Result<Receipt, SendFailure>, duration: Double
  ) throws {
    switch result {
    case .success(let receipt):
      try end(claim.message, .accepted, receipt.externalId, duration: duration)
      try settle(claim, sent: receipt, in: batch)
    case .failure(.permanent(let reason)):
      try end(claim.message, .refused, reason, duration: duration)
      try settle(claim, failed: reason)
    case .failure(.retryable(let reason, let after)):
      try end(claim.message, .retry, reason, duration: duration)
      let pause = RetrySchedule.pause(
        age: now.timeIntervalSince(claim.triedSince), severity: claim.message.incident.severity, asked: after,
        chance: Double(random() % 1000) / 1000)
      if let pause { return try settle(claim, retryIn: pause, reason) }
      try settle(claim, failed: "given up after \(claim.message.attempt) attempts in a day; the last: \(reason)")
    }
  }

  /// Records that the vendor took the message.
  private func settle(_ claim: Claim, sent receipt: Receipt, in batch: Batch) throws {
    guard try leaveQueue(claim) else { return }
    var facts = receipt.metadata
    facts["attempts"] = .integer(Int64(claim.message.attempt))
    facts["sent_at"] = .string(JSON.time(now))
    if batch.claims.count > 1 { facts["bundle_ref"] = .string(batch.message.shortRef) }
    // The message is out: nothing about its id may undo that.
    try update(claim, status: .sent, externalId: receipt.externalId.fitting(255), error: nil, adding: facts)
    let isBundled = batch.claims.count > 1
    try execute(
      "UPDATE tocsin_delivery SET HtmlBody = NULL, TextBody = NULL, BundleGuid = ? WHERE CommunicationGuid = ?",
      [.text(isBundled ? batch.message.communicationGuid : nil), .text(claim.message.communicationGuid)])
    let type: EventType = claim.message.kind == .report ? .reportEmailed : .notificationSent
    let delay = now.timeIntervalSince(claim.queuedAt)
    whenCommitted {
      Telemetry.count(.sent, on: claim.channel)
      Telemetry.delay.record(seconds: delay, [Telemetry.channel(claim.channel)])
    }
    try recordOutcome(type, claim, isBundled ? "sent as one of \(batch.claims.count)" : "sent")
  }

  /// Records that the message was given up, and why.
  private func settle(_ claim: Claim, failed reason: String) throws {
    guard try leaveQueue(claim) else { return }
    let attempts = JSONValue.integer(Int64(claim.message.attempt))
    try update(claim, status: .failed, externalId: nil, error: reason, adding: ["attempts": attempts])
    whenCommitted { Telemetry.count(.failed, on: claim.channel) }
    try recordOutcome(.notificationFailed, claim, "failed: \(excerpt(reason))")
  }

  /// Takes a message out of the queue that cannot be sent, claimed or not, and records why.
  func giveUp(_ communicationGuid: String, _ reason: String) throws {
    let left = try execute("DELETE FROM tocsin_queue WHERE CommunicationGuid = ?", [.text(communicationGuid)])
    guard left == 1,
      let row = try row(
        "SELECT IncidentGuid, Channel, ShortRef FROM data_incident_communication WHERE CommunicationGuid = ?",
        [.text(communicationGuid)])
    else { return }
    try execute(
      "UPDATE data_incident_communication SET Status = 'FAILED', ErrorMessage = ? WHERE CommunicationGuid = ?",
      [.text(reason), .text(communicationGuid)])
    let channel = try row.optionalText("Channel") ?? ""
    whenCommitted { Telemetry.count(.failed, on: channel) }
    try record(
      .notificationFailed, on: row.text("IncidentGuid"),
      "\(channel) failed: \(excerpt(reason)) [Ref: \(row.text("ShortRef"))]", by: .system)
  }

  /// Leaves the message PENDING, to be tried again in `seconds`.
  private func settle(_ claim: Claim, retryIn seconds: Double, _ reason: String) throws {
    let matched = try execute(
      """
      UPDATE tocsin_queue SET NextAt = ?, LeaseUntil = NULL, Owner = NULL WHERE CommunicationGuid = ? AND Attempt = ?
      """,
      [
        .time(now.addingTimeInterval(seconds)), .text(claim.message.communicationGuid),
        .integer(claim.message.attempt),
      ])
    guard matched == 1 else { return }
    whenCommitted { Telemetry.count(.retried, on: claim.channel) }
    try execute(
      "UPDATE data_incident_communication SET ErrorMessage = ? WHERE CommunicationGuid = ?",
      [.text(reason), .text(claim.message.communicationGuid)])
  }

  private func leaveQueue(_ claim: Claim) throws -> Bool {
    try execute(
      "DELETE FROM tocsin_queue WHERE CommunicationGuid = ? AND Attempt = ?",
      [.text(claim.message.communicationGuid), .integer(claim.message.attempt)]) == 1
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
