import Storage

extension Incidents {
  /// The incidents that nobody has taken on, in status CREATED: the worst first, and of those the oldest.
  ///
  /// - Parameter limit: at most so many, 1 or more.
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1.
  public func unacknowledged(limit: Int = 20) async throws -> [Incident] {
    if limit < 1 { throw Failure.invalid("limit", "is \(limit); it takes 1 or more") }
    return try await database.read { transaction in
      let rank = Severity.allCases.map { "WHEN '\($0.rawValue)' THEN \(-$0.urgency)" }.joined(separator: " ")
      return try transaction.rows(
        """
        SELECT * FROM data_incident WHERE Status = 'CREATED'
        ORDER BY CASE Severity \(rank) END, CreatedAt, IncidentGuid LIMIT ?
        """, [.integer(limit)]
      ).map(Incident.init)
    }
  }
}
