import Foundation
import Storage

public enum Direction: String, Word {
  case outbound = "OUTBOUND"
  case inbound = "INBOUND"

  public static let field = "direction"
}

/// What became of a message.
public enum DeliveryStatus: String, Word {
  /// On its way: not sent yet, or to be tried again.
  case pending = "PENDING"
  /// Accepted by the vendor, with proof; or logged by hand as done.
  case sent = "SENT"
  /// The vendor says that it arrived.
  case delivered = "DELIVERED"
  /// Given up, or not delivered, with the reason in ErrorMessage.
  case failed = "FAILED"

  public static let field = "status"
}

/// A message, out or in: a row of `data_incident_communication`.
public struct Communication: Sendable, Equatable, Codable {
  public let communicationGuid: String
  /// The incident it belongs to now; a merge moves it.
  public let incidentGuid: String
  public let shortRef: String
  /// `EMAIL`, `SLACK` …, or whatever was logged by hand (`PHONE`).
  @OrNull public var channel: String?
  public let direction: Direction
  /// `PENDING`, `SENT`, `DELIVERED` or `FAILED`; other words may be found in rows written by hand.
  public let status: String
  @OrNull public var message: String?
  @OrNull public var recipient: String?
  /// The vendor's id.
  @OrNull public var externalId: String?
  @OrNull public var errorMessage: String?
  public let timestamp: Date
  @OrNull public var metadata: Metadata?
  /// The incident it was sent for, when a merge has moved it since.
  @OrNull public var originIncidentGuid: String?
}

extension Communication {
  init(_ row: Row) throws {
    communicationGuid = try row.text("CommunicationGuid")
    incidentGuid = try row.text("IncidentGuid")
    shortRef = try row.text("ShortRef")
    channel = try row.optionalText("Channel")
    direction = try Direction(word: row.optionalText("Direction") ?? "OUTBOUND")
    status = try row.optionalText("Status") ?? "SENT"
    message = try row.optionalText("Message")
    recipient = try row.optionalText("Recipient")
    externalId = try row.optionalText("ExternalId")
    errorMessage = try row.optionalText("ErrorMessage")
    timestamp = try row.time("Timestamp")
    metadata = try JSONValue.object(row.optionalText("Metadata"))
    originIncidentGuid = try row.optionalText("OriginIncidentGuid")
  }
}

extension Transaction {
  func insert(_ communication: Communication) throws {
    try execute(
      """
      INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Direction, Status,
        Message, Recipient, ExternalId, ErrorMessage, Timestamp, Metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(communication.communicationGuid), .text(communication.incidentGuid), .text(communication.shortRef),
        .text(communication.channel), .text(communication.direction.rawValue), .text(communication.status),
        .text(communication.message), .text(communication.recipient), .text(communication.externalId),
        .text(communication.errorMessage), .time(communication.timestamp), .json(communication.metadata),
      ])
  }
}
