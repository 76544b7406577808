import Foundation
import Storage

/// An alert with the incidents it belongs to, and what was written about it while it had none.
public struct AlertDetails: Sendable, Equatable {
  /// An incident that an alert is linked to.
  public struct LinkedIncident: Sendable, Equatable, Codable {
    public let incidentGuid: String
    public let incidentTitle: String
    public let incidentSeverity: Severity
    public let incidentStatus: Status
    public let linkedAt: Date
    @OrNull public var linkedBy: String?
  }

  public let alert: Alert
  /// The one it was linked to last comes first.
  public let incidents: [LinkedIncident]
  /// What waits for an incident, oldest first.
  public let notes: [AlertNote]
}

extension AlertDetails: Codable {
  private enum Key: String, CodingKey { case incidents, notes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    alert = try Alert(from: decoder)
    incidents = try container.decode([LinkedIncident].self, forKey: .incidents)
    // A server of before 2026-11-22 tells none.
    notes = try container.decodeIfPresent([AlertNote].self, forKey: .notes) ?? []
  }

  /// The alert's columns, and beside them the incidents and notes.
  public func encode(to encoder: any Encoder) throws {
    try alert.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(incidents, forKey: .incidents)
    try container.encode(notes, forKey: .notes)
  }
}

extension Incidents {
  /// The alert with this guid, or whose guid begins so, and its incidents.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a prefix that fits several alerts.
  public func details(ofAlert id: String) async throws -> AlertDetails {
    try await database.read { transaction in
      let alert = try transaction.alert(id: id)
      let rows = try transaction.rows(
        """
        SELECT data_incident.IncidentGuid, Title, Severity, Status, LinkedAt, LinkedBy
        FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
        WHERE AlertGuid = ? ORDER BY LinkedAt DESC, data_incident.IncidentGuid DESC
        """, [.text(alert.alertGuid)])
      return AlertDetails(
        alert: alert, incidents: try rows.map(AlertDetails.LinkedIncident.init),
        notes: try transaction.notes(ofAlert: alert.alertGuid))
    }
  }
}

extension Incidents {
  /// The incidents of several alerts, by the alert's guid; of each alert, the one it was linked to last comes first.
  public func incidents(ofAlerts guids: [String]) async throws -> [String: [AlertDetails.LinkedIncident]] {
    if guids.isEmpty { return [:] }
    let rows = try await database.read { transaction in
      try transaction.rows(
        """
        SELECT AlertGuid, data_incident.IncidentGuid, Title, Severity, Status, LinkedAt, LinkedBy
        FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
        WHERE AlertGuid IN (\(guids.map { _ in "?" }.joined(separator: ", ")))
        ORDER BY LinkedAt DESC, data_incident.IncidentGuid DESC
        """, guids.map { .text($0) })
    }
    let pairs = try rows.map { (try $0.text("AlertGuid"), [try AlertDetails.LinkedIncident($0)]) }
    return Dictionary(pairs, uniquingKeysWith: +)
  }
}

extension AlertDetails.LinkedIncident {
  fileprivate init(_ row: Row) throws {
    incidentGuid = try row.text("IncidentGuid")
    incidentTitle = try row.text("Title")
    incidentSeverity = try Severity(word: row.text("Severity"))
    incidentStatus = try Status(word: row.text("Status"))
    linkedAt = try row.time("LinkedAt")
    linkedBy = try row.optionalText("LinkedBy")
  }
}

extension Transaction {
  /// The alert that `id` names: a guid, or the start of one.
  func alert(id: String) throws -> Alert {
    if let row = try row("SELECT * FROM data_alert WHERE AlertGuid = ?", [.text(id)]) { return try Alert(row) }
    let missing = Failure(
      .notFound, "there is no alert \"\(printable(id))\". `tocsin list-alerts` shows those there are",
      field: "alert_guid")
    let start = id.lowercased()
    guard start.wholeMatch(of: /[0-9a-z-]+/) != nil else { throw missing }
    guard start.utf8.count >= 6 else {
      throw Failure(
        .notFound, "there is no alert \"\(start)\": give a guid, or at least its first 6 characters",
        field: "alert_guid")
    }
    let found = try rows(
      "SELECT * FROM data_alert WHERE AlertGuid >= ? AND AlertGuid < ? ORDER BY AlertGuid LIMIT 6",
      [.text(start), .text(start + "~")])
    guard let first = found.first else { throw missing }
    guard found.count == 1 else {
      let guids = try found.prefix(5).map { try $0.text("AlertGuid") }
      throw Failure.invalid(
        "alert_guid",
        "\"\(start)\" fits several alerts: " + guids.joined(separator: ", ") + (found.count > 5 ? " and more" : "")
          + ". Give more characters", allowed: guids)
    }
    return try Alert(first)
  }
}
