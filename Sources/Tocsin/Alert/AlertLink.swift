import Foundation
import Storage

/// That an alert belongs to an incident: a row of `data_incident_alert`. The alert need not be known here.
public struct AlertLink: Sendable, Equatable, Codable {
  public let incidentGuid: String
  public let alertGuid: String
  public let linkedAt: Date
  @OrNull public var linkedBy: String?
  /// The incident it was linked to first, when a merge has moved it since.
  @OrNull public var originIncidentGuid: String?
  /// What we hold of the alert, when it came in through Tocsin.
  @OrNull public var alert: Alert?
}

extension Incidents {
  /// Links an alert to an incident. Linking it again changes nothing.
  ///
  /// - Parameter alertGuid: any string of 1 to 255 characters.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`, or `conflict` for a merged incident.
  @discardableResult
  public func linkAlert(_ alertGuid: String, to id: String, by: Principal = .system) async throws -> AlertLink {
    let alertGuid = try Text.line(alertGuid, "alert_guid", 1...255)
    return try await database.write { transaction in
      let incident = try transaction.openToChange(id)
      return try transaction.link(alertGuid, to: incident, by: by)
    }
  }

  /// The alerts of an incident, in the order they were linked.
  public func alerts(of id: String) async throws -> [AlertLink] {
    try await database.read { try $0.links(of: $0.incident(id).incidentGuid) }
  }
}

extension Transaction {
  func links(of guid: String) throws -> [AlertLink] {
    let links = try rows(
      "SELECT * FROM data_incident_alert WHERE IncidentGuid = ? ORDER BY LinkedAt, AlertGuid", [.text(guid)])
    let alerts = try rows(
      """
      SELECT data_alert.* FROM data_alert JOIN data_incident_alert USING (AlertGuid)
      WHERE data_incident_alert.IncidentGuid = ?
      """, [.text(guid)]
    ).map(Alert.init)
    let known = Dictionary(alerts.map { ($0.alertGuid, $0) }, uniquingKeysWith: { $1 })
    return try links.map { try AlertLink($0, known) }
  }

  @discardableResult
  func link(_ alertGuid: String, to incident: Incident, by: Principal) throws -> AlertLink {
    let key: [SQLValue] = [.text(incident.incidentGuid), .text(alertGuid)]
    let find = "SELECT * FROM data_incident_alert WHERE IncidentGuid = ? AND AlertGuid = ?"
    if let row = try row(find, key) { return try AlertLink(row, known(alertGuid)) }
    try execute(
      "INSERT INTO data_incident_alert (IncidentGuid, AlertGuid, LinkedAt, LinkedBy) VALUES (?, ?, ?, ?)",
      key + [.time(now), .text(by.name)])
    let alert = try known(alertGuid)
    let name = alert[alertGuid].map { "\(alertGuid) \"\($0.title)\"" } ?? alertGuid
    try record(.alertLinked, on: incident.incidentGuid, "Alert \(name) linked", by: by)
    return AlertLink(
      incidentGuid: incident.incidentGuid, alertGuid: alertGuid, linkedAt: now, linkedBy: by.name,
      originIncidentGuid: nil, alert: alert[alertGuid])
  }

  private func known(_ alertGuid: String) throws -> [String: Alert] {
    guard let row = try row("SELECT * FROM data_alert WHERE AlertGuid = ?", [.text(alertGuid)]) else { return [:] }
    return [alertGuid: try Alert(row)]
  }
}

extension AlertLink {
  fileprivate init(_ row: Row, _ known: [String: Alert]) throws {
    incidentGuid = try row.text("IncidentGuid")
    alertGuid = try row.text("AlertGuid")
    linkedAt = try row.time("LinkedAt")
    linkedBy = try row.optionalText("LinkedBy")
    originIncidentGuid = try row.optionalText("OriginIncidentGuid")
    alert = known[try row.text("AlertGuid")]
  }
}
