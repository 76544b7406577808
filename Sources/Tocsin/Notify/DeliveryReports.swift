import Foundation
import Storage

extension Incidents {
  /// Takes what a vendor says about a message that it accepted before, and moves the message on: SENT to DELIVERED or to
  /// FAILED, never back. DELIVERED and FAILED are final; a reading is noted in Metadata as `read_at`. What comes again
  /// writes nothing. A report about a message that is not on record as sent is kept until it is.
  ///
  /// - Parameter channel: the channel's name in any case.
  /// - Throws: ``Failure`` with code `notFound` when there is no such channel or it takes no callbacks, `unauthenticated`
  ///   when the callback is not the vendor's, `malformed` when it cannot be read.
  public func take(_ callback: VendorCallback, from channel: String) async throws {
    let name = channel.uppercased()
    guard let configured = channels[name] else {
      throw Failure(.notFound, "the channel \"\(printable(channel))\" is not configured")
    }
    guard let report = try configured.report(callback) else { return }
    try await database.write { try $0.take(report, channel: name) }
  }
}

extension Transaction {
  /// Applies the report that came before the message was on record as sent, if one did. To be called in the transaction
  /// that records SENT and the message's ExternalId.
  func applyReport(channel: String, externalId: String) throws {
    guard let kept = try keptReport(channel, externalId) else { return }
    guard try apply(kept.report, channel: channel, at: kept.receivedAt) else { return }
    try execute(
      "DELETE FROM tocsin_delivery_report WHERE Channel = ? AND ExternalId = ?", [.text(channel), .text(externalId)])
  }

  fileprivate func take(_ report: DeliveryReport, channel: String) throws {
    if try apply(report, channel: channel, at: now) { return }
    try keep(report, channel)
  }

  /// Moves the message on if the report is news; several, when they went out as one. False when no message with this id is
  /// on record as sent.
  private func apply(_ report: DeliveryReport, channel: String, at time: Date) throws -> Bool {
    let messages = try rows(
      "SELECT * FROM data_incident_communication WHERE Channel = ? AND ExternalId = ? AND Direction = 'OUTBOUND'",
      [.text(channel), .text(report.externalId)]
    ).map(Communication.init)
    if messages.isEmpty || messages.contains(where: { $0.status == DeliveryStatus.pending.rawValue }) { return false }
    for message in messages { try apply(report, to: message, at: time) }
    return true
  }

  private func apply(_ report: DeliveryReport, to message: Communication, at time: Date) throws {
    switch DeliveryStatus(rawValue: message.status) {
    case .sent: try settle(message, report, at: time)
    case .delivered where report.outcome == .read && message.metadata?["read_at"] == nil:
      try settle(message, report, at: time)
    case .delivered, .failed, .pending, nil: break
    }
  }

  private func settle(_ message: Communication, _ report: DeliveryReport, at time: Date) throws {
    var metadata = (message.metadata ?? [:]).merging(report.metadata) { $1 }
    let words: String
    var (status, error): (DeliveryStatus, String?) = (.delivered, nil)
    let isNews = message.status == DeliveryStatus.sent.rawValue
    switch report.outcome {
    case .delivered: (words, metadata["delivered_at"]) = ("delivered", .string(JSON.time(time)))
    case .read: (words, metadata["read_at"]) = ("read", .string(JSON.time(time)))
    case .failed(let reason):
      (status, error) = (.failed, reason)
      words = "failed: \(excerpt(reason))"
    }
    try execute(
      "UPDATE data_incident_communication SET Status = ?, ErrorMessage = ?, Metadata = ? WHERE CommunicationGuid = ?",
      [.text(status.rawValue), .text(error), .json(metadata), .text(message.communicationGuid)])
    if isNews {
      let outcome: Telemetry.MessageOutcome = status == .failed ? .failed : .delivered
      whenCommitted { Telemetry.count(outcome, on: message.channel ?? "") }
    }
    try record(
      status == .failed ? .notificationFailed : .notificationDelivered, on: message.incidentGuid,
      "\(message.channel ?? "") to \(excerpt(message.recipient ?? "")) \(words) [Ref: \(message.shortRef)]", by: .system
    )
  }
}
