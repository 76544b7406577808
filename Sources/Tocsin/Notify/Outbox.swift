import Foundation
import Storage

/// A message about to be put on record and, if a channel can take it, into the outbox.
struct MessageDraft: Sendable {
  var kind = OutboundMessage.Kind.notification
  let incident: Incident
  let channel: String
  /// Nil for the channel's default target.
  let target: String?
  /// The message, given its reference.
  let text: @Sendable (_ shortRef: String) throws -> String
  var subject: @Sendable (_ shortRef: String) -> String
  /// Bodies that are too long for the Message column (reports), given the reference.
  var longBody: (@Sendable (_ shortRef: String) throws -> (text: String, html: String?))?
  var metadata: Metadata = [:]
}

extension Incidents {
  /// Writes a message's row, with its reference and final text, in the transaction that decided to send it: PENDING with a
  /// place in the outbox, or FAILED at once when no channel here can take it.
  func post(_ draft: MessageDraft, by: Principal, _ transaction: any Transaction) throws -> Communication {
    let ref = try transaction.newShortRef()
    let target = draft.target ?? channels[draft.channel]?.defaultTarget
    let fault = fault(draft.channel, target)
    let shown = target.map { channels[draft.channel]?.shown($0) ?? $0 }
    let communication = Communication(
      communicationGuid: transaction.newGuid(), incidentGuid: draft.incident.incidentGuid, shortRef: ref,
      channel: draft.channel, direction: .outbound,
      status: (fault == nil ? DeliveryStatus.pending : .failed).rawValue, message: try draft.text(ref),
      recipient: shown, externalId: nil, errorMessage: fault, timestamp: transaction.now,
      metadata: draft.metadata.merging(["sent_by": .string(by.name)]) { $1 }, originIncidentGuid: nil)
    try transaction.insert(communication)
    if let fault {
      try transaction.record(
        .notificationFailed, on: draft.incident.incidentGuid,
        "\(draft.channel)\(shown.map { " to \(excerpt($0))" } ?? ""): \(fault) [Ref: \(ref)]", by: by)
    } else {
      try transaction.enqueue(communication, draft, target: target ?? "")
    }
    return communication
  }

  private func fault(_ channel: String, _ target: String?) -> String? {
    guard NotifyRule.channelNames.contains(channel) else {
      return "there is no channel \"\(printable(channel))\"\(hint(channel, NotifyRule.channelNames))"
    }
    guard let configured = channels[channel] else {
      return "the channel \(channel) is not configured (channels.\(channel.lowercased()))"
    }
    guard let target else {
      return "\(channel) has no target: write \(channel):TARGET in the rule, or set "
        + "channels.\(channel.lowercased()).default_target"
    }
    return configured.fault(inTarget: target)
  }
}

extension Transaction {
  fileprivate func enqueue(_ communication: Communication, _ draft: MessageDraft, target: String) throws {
    let body = try draft.longBody?(communication.shortRef)
    try execute(
      """
      INSERT INTO tocsin_outbox (CommunicationGuid, IncidentGuid, Kind, Channel, Target, Urgency, Subject, HtmlBody,
        TextBody, CreatedAt, NextAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(communication.communicationGuid), .text(communication.incidentGuid), .text(draft.kind.rawValue),
        .text(draft.channel), .text(target), .integer(draft.incident.severity.urgency),
        .text(draft.subject(communication.shortRef)), .text(body?.html), .text(body?.text),
        .time(now), .time(now),
      ])
  }
}
