import Foundation
import Storage

/// A message about to be put on record and, if a channel can take it, into the queue.
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
  /// Whether it may be held for a moment in a storm: see ``Storm``.
  var mayBeHeld = false

  /// Where the metadata of a message keeps how severe its incident was then: it may be raised or lowered later.
  static let severityKey = "incident_severity"

  static func severity(in metadata: Metadata?) -> Severity? {
    metadata?[severityKey]?.string.flatMap(Severity.init(rawValue:))
  }
}

extension Incidents {
  /// Writes a message's row, with its reference and final text, in the transaction that decided to send it: PENDING with a
  /// place in the queue, or FAILED at once when no channel here can take it.
  func post(_ draft: MessageDraft, by: Principal, _ transaction: any Transaction) throws -> Communication {
    let target = draft.target ?? channels[draft.channel]?.defaultTarget
    let fault = fault(draft.channel, target)
    let shown = target.map { channels[draft.channel]?.shown($0) ?? Delivery.masked($0) }
    let communication = try transaction.record(draft, shown, fault, by: by)
    let delivery = try delivery(of: communication, draft, target, transaction)
    try transaction.insert(delivery)
    if let fault {
      transaction.whenCommitted { Telemetry.count(.failed, on: draft.channel) }
      try transaction.record(
        .notificationFailed, on: draft.incident.incidentGuid,
        "\(draft.channel)\(shown.map { " to \(excerpt($0))" } ?? ""): \(fault) [Ref: \(communication.shortRef)]", by: by
      )
    } else {
      try transaction.enqueue(delivery, priority: -draft.incident.severity.urgency)
    }
    return communication
  }

  private func delivery(
    of communication: Communication, _ draft: MessageDraft, _ target: String?, _ transaction: any Transaction
  ) throws -> Delivery {
    let channel = channels[draft.channel]
    let body = try draft.longBody?(communication.shortRef)
    var delivery = Delivery(
      communicationGuid: communication.communicationGuid, conversation: communication.incidentGuid, kind: draft.kind,
      channel: draft.channel, target: draft.target ?? "",
      destination: target.flatMap { channel?.destination(of: $0) } ?? "",
      follows: channel?.follows ?? [], subject: draft.subject(communication.shortRef), html: body?.html,
      text: body?.text, mayBeHeld: draft.mayBeHeld, createdAt: transaction.now)
    let bundles = channel.map { type(of: $0).about.abilities.contains(.bundles) } ?? false
    if draft.mayBeHeld, bundles {
      delivery.isHeld = try transaction.isStorm(delivery, urgency: draft.incident.severity.urgency)
    }
    return delivery
  }

  /// Why no channel here can take a message to `target`, or nil.
  func fault(_ channel: String, _ target: String?) -> String? {
    guard NotifyRule.channelNames.contains(channel) else {
      return "there is no channel \"\(printable(channel))\"\(hint(channel, NotifyRule.channelNames))"
    }
    guard let configured = channels[channel] else {
      return "the channel \(channel) is not configured (channels.\(channel.lowercased()))"
    }
    guard let target, !target.isEmpty else {
      return "\(channel) has no target: write \(channel):TARGET in the rule, or set "
        + "channels.\(channel.lowercased()).default_target"
    }
    return configured.fault(inTarget: target)
  }
}

extension Transaction {
  fileprivate func record(
    _ draft: MessageDraft, _ recipient: String?, _ fault: String?, by: Principal
  ) throws -> Communication {
    let ref = try newShortRef()
    let communication = Communication(
      communicationGuid: newGuid(), incidentGuid: draft.incident.incidentGuid, shortRef: ref, channel: draft.channel,
      direction: .outbound, status: (fault == nil ? DeliveryStatus.pending : .failed).rawValue,
      message: try draft.text(ref), recipient: recipient, externalId: nil, errorMessage: fault, timestamp: now,
      metadata: draft.metadata.merging(["sent_by": .string(by.name)]) { $1 }, originIncidentGuid: nil)
    try insert(communication)
    return communication
  }

  /// Gives a message its place in line.
  ///
  /// - Parameter attempts: how many were made before, when it is sent anew.
  func enqueue(_ delivery: Delivery, priority: Int, attempts: Int = 0) throws {
    let nextAt = delivery.isHeld ? now.addingTimeInterval(Storm.hold) : now
    try execute(
      """
      INSERT INTO tocsin_queue (CommunicationGuid, IncidentGuid, Channel, TargetKey, Destination, Priority, IsHeld,
        QueuedAt, NextAt, Attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(delivery.communicationGuid), .text(delivery.conversation), .text(delivery.channel),
        .text(delivery.targetKey), .text(delivery.destination), .integer(priority), .integer(delivery.isHeld ? 1 : 0),
        .time(now), .time(nextAt), .integer(attempts),
      ])
  }
}
