import Foundation
import Storage

/// What happened. Every change writes exactly one event, in the transaction of the change.
public enum EventType: String, Word {
  case incidentCreated = "INCIDENT_CREATED"
  case statusChange = "STATUS_CHANGE"
  case incidentClosed = "INCIDENT_CLOSED"
  case incidentReopened = "INCIDENT_REOPENED"
  case severityChange = "SEVERITY_CHANGE"
  case assignmentChange = "ASSIGNMENT_CHANGE"
  case detailsChange = "DETAILS_CHANGE"
  case alertLinked = "ALERT_LINKED"
  case alertAcknowledged = "ALERT_ACKNOWLEDGED"
  case alertUnacknowledged = "ALERT_UNACKNOWLEDGED"
  case alertFlapping = "ALERT_FLAPPING"
  case alertResolved = "ALERT_RESOLVED"
  case noteAdded = "NOTE_ADDED"
  case notificationSent = "NOTIFICATION_SENT"
  case notificationDelivered = "NOTIFICATION_DELIVERED"
  case notificationFailed = "NOTIFICATION_FAILED"
  case communicationLogged = "COMMUNICATION_LOGGED"
  case replyReceived = "REPLY_RECEIVED"
  case incidentMerged = "INCIDENT_MERGED"
  case reportEmailed = "REPORT_EMAILED"

  public static let field = "event_type"
}

/// An entry of the audit trail: a row of `data_incident_timeline`. Never edited, never deleted.
public struct TimelineEvent: Sendable, Equatable, Codable {
  public let timelineGuid: String
  /// The incident it belongs to now; a merge moves it.
  public var incidentGuid: String
  public let eventType: EventType
  public let description: String
  @OrNull public var createdBy: String?
  public let timestamp: Date
  /// The incident it was written for.
  public let originIncidentGuid: String
  @OrNull public var metadata: Metadata?
  /// Its place among all events of the database: 1, 2, 3 … without a gap.
  public internal(set) var seq: Int
  /// SHA-256 over this event and the hash before it, in hex: see ``TimelineEvent/chainHash(after:)``.
  public var hash: String
}

extension TimelineEvent {
  init(_ row: Row) throws {
    timelineGuid = try row.text("TimelineGuid")
    incidentGuid = try row.text("IncidentGuid")
    eventType = try EventType(word: row.text("EventType"))
    description = try row.text("Description")
    createdBy = try row.optionalText("CreatedBy")
    timestamp = try row.time("Timestamp")
    originIncidentGuid = try row.text("OriginIncidentGuid")
    metadata = try JSONValue.object(row.optionalText("Metadata"))
    seq = try row.integer("Seq")
    hash = try row.text("Hash")
  }
}

extension Incidents {
  /// The complete history of an incident, oldest first.
  public func timeline(of id: String) async throws -> [TimelineEvent] {
    try await database.read { try $0.timeline(of: $0.incident(id).incidentGuid) }
  }

  /// Some of an incident's history, oldest first.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func timeline(of id: String, page: PageRequest) async throws -> Page<TimelineEvent> {
    try await database.read { try $0.page(.timeline(of: $0.incident(id).incidentGuid), page, TimelineEvent.init) }
  }
}

extension PagedList {
  static func timeline(of guid: String) -> PagedList {
    PagedList(
      name: "timeline \(guid)", select: "SELECT * FROM data_incident_timeline",
      conditions: [Condition("IncidentGuid = ?", [.text(guid)])], order: [.integer("Seq")])
  }
}

extension Transaction {
  func timeline(of guid: String) throws -> [TimelineEvent] { try all(.timeline(of: guid), TimelineEvent.init) }
}
