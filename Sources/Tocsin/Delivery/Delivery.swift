import Crypto
import Foundation
import Storage

/// What is sent where: a row of `tocsin_delivery`. It stays when the message is settled, so that it can be sent again and so
/// that changes of the incident find where people were told.
struct Delivery: Sendable {
  let communicationGuid: String
  /// The incident it was written for.
  let conversation: String
  let kind: OutboundMessage.Kind
  var event: EventType?
  let channel: String
  /// Empty for the channel's default target, as it is configured when the message is sent: that may be a secret, and may be
  /// set right meanwhile.
  let target: String
  var destination: String
  var follows: Set<EventType>
  let subject: String
  let html: String?
  let text: String?
  /// Caused by an alert, so that a storm may hold it.
  var mayBeHeld = false
  /// Held back in a storm, to be sent in one with others.
  var isHeld = false
  let createdAt: Date

  /// Tells targets apart in an index: a target may be longer than an index takes.
  var targetKey: String { String(hex(SHA256.hash(data: Data(target.utf8))).prefix(32)) }
}

extension Delivery {
  /// `target` as people may see it where no channel says what is secret in it: of a URL scheme and host, of a long key the
  /// first four characters.
  static func masked(_ target: String) -> String {
    if let url = target.prefixMatch(of: /([A-Za-z]+:\/\/)(?:[^\/?#@]*@)?([^\/?#@]*)/) { return "\(url.1)\(url.2)/…" }
    return target.wholeMatch(of: /[A-Za-z0-9_\-]{20,}/) == nil ? target : "\(target.prefix(4))…"
  }

  fileprivate var followedEvents: String { follows.map(\.rawValue).sorted().joined(separator: ",") }

  init(_ row: Row) throws {
    communicationGuid = try row.text("CommunicationGuid")
    conversation = try row.text("IncidentGuid")
    kind = OutboundMessage.Kind(rawValue: try row.text("Kind")) ?? .notification
    event = try row.optionalText("Event").flatMap(EventType.init(rawValue:))
    channel = try row.text("Channel")
    target = try row.text("Target")
    destination = try row.text("Destination")
    follows = Set(try row.text("Follows").split(separator: ",").compactMap { EventType(rawValue: String($0)) })
    subject = try row.text("Subject")
    html = try row.optionalText("HtmlBody")
    text = try row.optionalText("TextBody")
    mayBeHeld = try row.integer("MayBeHeld") == 1
    isHeld = try row.integer("IsHeld") == 1
    createdAt = try row.time("CreatedAt")
  }
}

extension Transaction {
  func insert(_ delivery: Delivery) throws {
    try execute(
      """
      INSERT INTO tocsin_delivery (CommunicationGuid, IncidentGuid, Kind, Event, Channel, Target, TargetKey, Destination,
        Follows, Subject, HtmlBody, TextBody, MayBeHeld, IsHeld, CreatedAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(delivery.communicationGuid), .text(delivery.conversation), .text(delivery.kind.rawValue),
        .text(delivery.event?.rawValue), .text(delivery.channel), .text(delivery.target), .text(delivery.targetKey),
        .text(delivery.destination), .text(delivery.followedEvents),
        .text(delivery.subject), .text(delivery.html), .text(delivery.text), .integer(delivery.mayBeHeld ? 1 : 0),
        .integer(delivery.isHeld ? 1 : 0),
        .time(delivery.createdAt),
      ])
  }

  /// Writes what a channel says of a message: it may have been unknown when the message was written.
  func update(_ delivery: Delivery) throws {
    try execute(
      "UPDATE tocsin_delivery SET Destination = ?, Follows = ?, IsHeld = 0 WHERE CommunicationGuid = ?",
      [
        .text(delivery.destination), .text(delivery.followedEvents), .text(delivery.communicationGuid),
      ])
  }

  func delivery(_ communicationGuid: String) throws -> Delivery? {
    try row("SELECT * FROM tocsin_delivery WHERE CommunicationGuid = ?", [.text(communicationGuid)]).map(Delivery.init)
  }
}
