import Foundation
import Storage

/// The right to try one message once, for a while. Whoever claims it later has a higher attempt and may settle it; the older
/// claim comes to nothing.
struct Claim: Sendable {
  /// Seconds: longer than any channel's own time-out, so that only a crash lets it lapse.
  static let lease = 90.0

  var message: OutboundMessage
  let channel: String
  let destination: String
  let queuedAt: Date
  /// When its first attempt began.
  let triedSince: Date
}

/// What goes out as one message: usually one claim; in a storm several, the first of which leads.
struct Batch: Sendable {
  var claims: [Claim]
  var message: OutboundMessage

  var channel: String { claims[0].channel }
  var destination: String { claims[0].destination }
}

/// Which messages a claim may take.
enum Claimable: Sendable {
  /// Of a channel, but for some destinations.
  case dueOn(channel: String, except: Set<String> = [])
  case message(guid: String)
}

/// What a claim needs to know beside the database.
struct ClaimContext: Sendable {
  /// This process, as ``ProcessIdentity`` names it.
  var owner: String
  /// What a channel says about itself; nil for one that this process does not have.
  var about: @Sendable (_ channel: String) -> ChannelInfo?
  /// Whether a channel carries a text whole.
  var fits: @Sendable (_ channel: String, _ text: String) -> Bool
  var defaultTarget: @Sendable (_ channel: String) -> String?
  var url: @Sendable (Incident) -> String?
}

extension Transaction {
  /// Whether a claim would find something; takes no lock.
  func hasDue(_ claimable: Claimable) throws -> Bool { try dueRow(claimable) != nil }

  /// Takes the next message: CRITICAL first, then the oldest; never one before an earlier message of the same incident,
  /// channel and target is settled; none to a destination that is down or asked for patience; none for a channel that this
  /// process does not have. With one that was held come those that go out with it. The attempts are on record before the
  /// network is touched.
  func claim(_ claimable: Claimable, _ context: ClaimContext) throws -> Batch? {
    guard let row = try dueRow(claimable), let about = context.about(try row.text("Channel")) else { return nil }
    let claims = try bundle(row, context).compactMap { try claim($0, context) }
    guard let lead = claims.first else { return nil }
    try change(lead.channel, lead.destination) { [now] in $0.begin(now, about.rate) }
    return Batch(claims: claims, message: Storm.message(claims.map(\.message)))
  }

  private func claim(_ row: Row, _ context: ClaimContext) throws -> Claim? {
    let guid = try row.text("CommunicationGuid")
    let attempt = try row.integer("Attempt")
    let matched = try execute(
      """
      UPDATE tocsin_queue SET LeaseUntil = ?, Owner = ?, TriedSince = coalesce(TriedSince, ?), Attempt = Attempt + 1
      WHERE CommunicationGuid = ? AND Attempt = ?
      """,
      [.time(now.addingTimeInterval(Claim.lease)), .text(context.owner), .time(now), .text(guid), .integer(attempt)])
    guard matched == 1 else { return nil }
    do {
      let message = try message(guid, attempt: attempt + 1, context)
      try begin(guid, attempt + 1, on: row.text("Channel"))
      return Claim(
        message: message, channel: try row.text("Channel"), destination: try row.text("Destination"),
        queuedAt: try row.time("QueuedAt"), triedSince: try row.optionalTime("TriedSince") ?? now)
    } catch let error where Failure(error).code != .unavailable {
      // Something was edited by hand into what cannot be read. It must not keep the messages behind it waiting.
      try giveUp(guid, "the message cannot be sent: \(Failure(error).message)")
      return nil
    }
  }

  /// The rows that go out with `row`, itself among them, the one that leads first. Who belongs to a bundle is on record
  /// before its first attempt: a later one must tell of the same incidents, because the vendor may have the first.
  private func bundle(_ row: Row, _ context: ClaimContext) throws -> [Row] {
    if let bundle = try row.optionalText("BundleGuid") {
      return try rows(
        """
        SELECT * FROM tocsin_queue WHERE BundleGuid = ?
        ORDER BY CASE WHEN CommunicationGuid = BundleGuid THEN 0 ELSE 1 END, Priority, Id
        """, [.text(bundle)])
    }
    guard try row.integer("IsHeld") == 1 else { return [row] }
    let members = try ([row] + heldWith(row, context)).sorted { try $0.place < $1.place }
    let lead = SQLValue.text(try members[0].text("CommunicationGuid"))
    guard members.count > 1 else {
      try execute("UPDATE tocsin_queue SET IsHeld = 0 WHERE CommunicationGuid = ?", [lead])
      return [row]
    }
    for member in members {
      try execute(
        "UPDATE tocsin_queue SET BundleGuid = ?, IsHeld = 0 WHERE CommunicationGuid = ?",
        [lead, .text(member.text("CommunicationGuid"))])
    }
    return members
  }

  /// What else is held for the target of `lead`, as much of it as fits into one message. The rest is left for the next.
  private func heldWith(_ lead: Row, _ context: ClaimContext) throws -> [Row] {
    let channel = try lead.text("Channel")
    let held = try rows(
      """
      SELECT * FROM tocsin_queue AS this WHERE Channel = ? AND TargetKey = ? AND IsHeld = 1 AND Id <> ?
        AND \(Self.isFirstInLine)
      ORDER BY Priority, Id LIMIT \(Storm.largestBundle - 1)
      """, [.text(channel), .text(lead.text("TargetKey")), .integer(lead.integer("Id"))])
    var messages = [try message(lead.text("CommunicationGuid"), attempt: 1, context)]
    var members: [Row] = []
    for row in held {
      guard let next = try? message(row.text("CommunicationGuid"), attempt: 1, context) else { continue }
      guard context.fits(channel, Storm.message(messages + [next]).text) else { break }
      messages.append(next)
      members.append(row)
    }
    return members
  }

  private func message(
    _ guid: String, attempt: Int, _ context: ClaimContext
  ) throws -> OutboundMessage {
    guard
      let sent = try row(
        "SELECT * FROM data_incident_communication WHERE CommunicationGuid = ?", [.text(guid)]
      ).map(Communication.init), let delivery = try delivery(guid)
    else { throw StorageError(.unreadable, "message \(guid) is in the queue but not on record") }
    let incident = try incident(sent.incidentGuid)
    guard let target = delivery.target.isEmpty ? context.defaultTarget(delivery.channel) : delivery.target else {
      throw Failure(.invalid, "\(delivery.channel) has no default target any more")
    }
    return OutboundMessage(
      kind: delivery.kind, event: delivery.event, communicationGuid: guid, shortRef: sent.shortRef,
      target: target, subject: delivery.subject, text: delivery.text ?? sent.message ?? "",
      html: delivery.html, incident: incident, conversation: delivery.conversation, incidentURL: context.url(incident),
      attempt: attempt, first: try firstSent(delivery))
  }

  /// The first message of the conversation that was accepted on its own.
  private func firstSent(_ delivery: Delivery) throws -> OutboundMessage.Sent? {
    try row(
      """
      SELECT ExternalId, ShortRef, Metadata, Message FROM tocsin_delivery AS this
        JOIN data_incident_communication USING (CommunicationGuid)
      WHERE this.IncidentGuid = ? AND this.Channel = ? AND TargetKey = ? AND BundleGuid IS NULL
        AND Status IN ('SENT', 'DELIVERED') AND ExternalId IS NOT NULL ORDER BY Id LIMIT 1
      """, [.text(delivery.conversation), .text(delivery.channel), .text(delivery.targetKey)]
    ).map { row in
      OutboundMessage.Sent(
        externalId: try row.text("ExternalId"), shortRef: try row.text("ShortRef"),
        metadata: (try? JSONValue.object(row.optionalText("Metadata"))) ?? [:],
        // The standard text says how the incident stood then; the channel says how it stands now.
        text: try row.optionalText("Message").flatMap { OutboundMessage.isStandard($0) ? nil : $0 })
    }
  }
}
