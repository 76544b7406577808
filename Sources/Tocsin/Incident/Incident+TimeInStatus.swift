import Foundation
import Storage

extension Incidents {
  /// How many seconds an incident has spent in each status, over all its stays there; up to now in the one that it has. One
  /// that it never had is left out, and CLOSED counts only what came before a reopening.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for an ambiguous or too short prefix.
  public func timeInStatus(of id: String) async throws -> [Status: Double] {
    try await database.read { transaction in
      try transaction.timeInStatus(of: transaction.incident(id))
    }
  }
}

extension Transaction {
  fileprivate func timeInStatus(of incident: Incident) throws -> [Status: Double] {
    var (times, status, since): ([Status: Double], _, _) = ([:], Status.created, incident.createdAt)
    func leave(at moment: Date) { times[status, default: 0] += max(0, moment.timeIntervalSince(since)) }
    for (moment, next) in try moves(of: incident.incidentGuid) {
      leave(at: moment)
      (status, since) = (next, moment)
    }
    if status != .closed { leave(at: now) }
    return times
  }

  /// When it moved where. What a merge has brought in was moved elsewhere.
  private func moves(of guid: String) throws -> [(Date, Status)] {
    let rows = try rows(
      """
      SELECT EventType, Description, Timestamp FROM data_incident_timeline
      WHERE IncidentGuid = ? AND OriginIncidentGuid = ?
        AND EventType IN ('STATUS_CHANGE', 'INCIDENT_CLOSED', 'INCIDENT_REOPENED') ORDER BY Seq
      """, [.text(guid), .text(guid)])
    return try rows.compactMap { row in
      let isClose = try row.text("EventType") == EventType.incidentClosed.rawValue
      // "Status changed from CREATED to INVESTIGATING".
      let word = try row.text("Description").split(separator: " ").last.map(String.init) ?? ""
      guard let status = isClose ? .closed : Status(rawValue: word) else { return nil }
      return (try row.time("Timestamp"), status)
    }
  }
}
