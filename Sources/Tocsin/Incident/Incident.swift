import Foundation
import Storage

/// A problem that people work on, from its creation to its resolution: a row of `data_incident`.
///
/// What can be done with it: ``Incidents/create(title:severity:package:description:assignedTo:alertLinks:by:)``, `+Update`,
/// `+ChangeStatus`, `+Close`, `+Merge`, `+Find`, `+List`. Times are UTC.
public struct Incident: Sendable, Equatable, Codable {
  public let incidentGuid: String
  /// 1 to 255 characters.
  public var title: String
  public var severity: Severity
  public var status: Status
  /// The system at fault, 1 to 100 characters.
  public var package: String
  @OrNull public var description: String?
  @OrNull public var assignedTo: String?
  @OrNull public var createdBy: String?
  public let createdAt: Date
  @OrNull public var closedBy: String?
  @OrNull public var closedAt: Date?
  @OrNull public var resolutionSummary: String?
  @OrNull public var rootCause: String?
  /// When it first left CREATED, and by whom.
  @OrNull public var acknowledgedAt: Date?
  @OrNull public var acknowledgedBy: String?
  @OrNull public var updatedAt: Date?
  /// The incident this one was merged into: then it is closed for good.
  @OrNull public var mergedIntoGuid: String?
  /// Counts the changes of this row.
  public var version: Int
}

extension Incident {
  init(_ row: Row) throws {
    incidentGuid = try row.text("IncidentGuid")
    title = try row.text("Title")
    severity = try Severity(word: row.text("Severity"))
    status = try Status(word: row.text("Status"))
    package = try row.text("Package")
    description = try row.optionalText("Description")
    assignedTo = try row.optionalText("AssignedTo")
    createdBy = try row.optionalText("CreatedBy")
    createdAt = try row.time("CreatedAt")
    closedBy = try row.optionalText("ClosedBy")
    closedAt = try row.optionalTime("ClosedAt")
    resolutionSummary = try row.optionalText("ResolutionSummary")
    rootCause = try row.optionalText("RootCause")
    acknowledgedAt = try row.optionalTime("AcknowledgedAt")
    acknowledgedBy = try row.optionalText("AcknowledgedBy")
    updatedAt = try row.optionalTime("UpdatedAt")
    mergedIntoGuid = try row.optionalText("MergedIntoGuid")
    version = try row.integer("Version")
  }
}

extension Transaction {
  /// Writes back everything that may change of `incident`, if nobody changed it since it was read.
  func save(_ incident: inout Incident) throws {
    let matched = try execute(
      """
      UPDATE data_incident SET Title = ?, Severity = ?, Status = ?, Package = ?, Description = ?, AssignedTo = ?,
        ClosedBy = ?, ClosedAt = ?, ResolutionSummary = ?, RootCause = ?, AcknowledgedAt = ?, AcknowledgedBy = ?,
        MergedIntoGuid = ?, UpdatedAt = ?, Version = Version + 1
      WHERE IncidentGuid = ? AND Version = ?
      """,
      [
        .text(incident.title), .text(incident.severity.rawValue), .text(incident.status.rawValue),
        .text(incident.package), .text(incident.description), .text(incident.assignedTo), .text(incident.closedBy),
        .time(incident.closedAt), .text(incident.resolutionSummary), .text(incident.rootCause),
        .time(incident.acknowledgedAt), .text(incident.acknowledgedBy), .text(incident.mergedIntoGuid), .time(now),
        .text(incident.incidentGuid), .integer(incident.version),
      ])
    guard matched == 1 else {
      throw Failure(
        .conflict, "incident \(incident.incidentGuid) was changed by somebody else meanwhile. Read it again")
    }
    incident.version += 1
    incident.updatedAt = now
  }
}
