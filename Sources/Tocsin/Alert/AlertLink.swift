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
      let link = try transaction.link(alertGuid, to: incident, by: by)
      _ = try transaction.handOver(notesOf: alertGuid, to: incident)
      return link
    }
  }

  /// The alerts of an incident, in the order they were linked.
  public func alerts(of id: String) async throws -> [AlertLink] {
    try await database.read { try $0.links(of: $0.incident(id).incidentGuid) }
  }

  /// Some alerts of an incident, in the order they were linked.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func alerts(of id: String, page: PageRequest) async throws -> Page<AlertLink> {
    try await database.read { try $0.page(.links(of: $0.incident(id).incidentGuid), page, AlertLink.init) }
  }
}

extension PagedList {
  static func links(of guid: String) -> PagedList {
    PagedList(
      name: "links \(guid)",
      select: """
        SELECT link.*, data_alert.* FROM data_incident_alert AS link
          LEFT JOIN data_alert ON data_alert.AlertGuid = link.AlertGuid
        """,
      conditions: [Condition("link.IncidentGuid = ?", [.text(guid)])],
      order: [.time("link.LinkedAt"), .text("link.AlertGuid")])
  }
}

extension Transaction {
  func links(of guid: String) throws -> [AlertLink] { try all(.links(of: guid), AlertLink.init) }

  @discardableResult
  func link(_ alertGuid: String, to incident: Incident, by: Principal) throws -> AlertLink {
    if let link = try link(alertGuid, of: incident.incidentGuid) { return link }
    try execute(
      "INSERT INTO data_incident_alert (IncidentGuid, AlertGuid, LinkedAt, LinkedBy) VALUES (?, ?, ?, ?)",
      [.text(incident.incidentGuid), .text(alertGuid), .time(now), .text(by.name)])
    let alert = try row("SELECT * FROM data_alert WHERE AlertGuid = ?", [.text(alertGuid)]).map(Alert.init)
    let name = alert.map { "\(alertGuid) \"\($0.title)\"" } ?? alertGuid
    try record(.alertLinked, on: incident.incidentGuid, "Alert \(name) linked", by: by)
    return AlertLink(
      incidentGuid: incident.incidentGuid, alertGuid: alertGuid, linkedAt: now, linkedBy: by.name,
      originIncidentGuid: nil, alert: alert)
  }

  private func link(_ alertGuid: String, of guid: String) throws -> AlertLink? {
    var list = PagedList.links(of: guid)
    list.conditions.append(.init("link.AlertGuid = ?", [.text(alertGuid)]))
    return try all(list, AlertLink.init).first
  }
}

extension AlertLink {
  /// The two tables share one column, the alert's guid, of which the link's comes first.
  fileprivate init(_ row: Row) throws {
    incidentGuid = try row.text("IncidentGuid")
    alertGuid = try row.text("AlertGuid")
    linkedAt = try row.time("LinkedAt")
    linkedBy = try row.optionalText("LinkedBy")
    originIncidentGuid = try row.optionalText("OriginIncidentGuid")
    alert = try row.optionalText("DedupKey") == nil ? nil : Alert(row)
  }
}
