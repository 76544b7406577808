import Storage

/// How the alerts of an incident stand.
public struct AlertCounts: Sendable, Equatable {
  public let firing: Int
  public let resolved: Int
  /// Linked by name only: they never came in here.
  public let unknown: Int
}

extension Incidents {
  /// Counts the alerts of an incident.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for an ambiguous or too short prefix.
  public func alertCounts(of id: String) async throws -> AlertCounts {
    try await database.read { transaction in
      let guid = try transaction.incident(id).incidentGuid
      let counts = try transaction.rows(
        """
        SELECT Status, count(*) AS Number FROM data_incident_alert AS link
          LEFT JOIN data_alert ON data_alert.AlertGuid = link.AlertGuid
        WHERE link.IncidentGuid = ? GROUP BY Status
        """, [.text(guid)]
      ).map { (try $0.optionalText("Status"), try $0.integer("Number")) }
      func count(_ status: AlertStatus?) -> Int { counts.first { $0.0 == status?.rawValue }?.1 ?? 0 }
      return AlertCounts(firing: count(.firing), resolved: count(.resolved), unknown: count(nil))
    }
  }
}
