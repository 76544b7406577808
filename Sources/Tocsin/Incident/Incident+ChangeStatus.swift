import Storage

extension Incidents {
  /// Moves an incident to another status, as ``Status/next`` allows. To CLOSED it closes without a summary; out of CLOSED
  /// it reopens, keeping resolution and root cause.
  ///
  /// - Parameter expectedVersion: the version that the caller has seen; nil when any will do.
  /// - Throws: ``Failure`` with code `conflict` and the allowed moves, `notFound`, `outdated` for another version.
  @discardableResult
  public func updateStatus(
    _ id: String, to new: Status, expectedVersion: Int? = nil, by: Principal = .system
  ) async throws -> Incident {
    let changed = try await database.write { transaction in
      var incident = try transaction.openToChange(id, expectedVersion: expectedVersion)
      if new == .closed {
        try transaction.close(&incident, Closure(), by: by)
      } else {
        try transaction.move(&incident, to: new, by: by)
      }
      return incident
    }
    outboxBell.ring()
    return changed
  }
}

extension Transaction {
  /// Every move but a close.
  func move(_ incident: inout Incident, to new: Status, by: Principal) throws {
    let old = incident.status
    try old.check(movesTo: new)
    acknowledge(&incident, by: by)
    incident.status = new
    incident.closedAt = nil
    incident.closedBy = nil
    try save(&incident)
    if old == .closed {
      let words = "Incident reopened: CLOSED to \(new.rawValue)"
      try record(.incidentReopened, on: incident.incidentGuid, words, by: by)
      try follow(.incidentReopened, incident, words, by: by)
    } else {
      let words = "Status changed from \(old.rawValue) to \(new.rawValue)"
      try record(.statusChange, on: incident.incidentGuid, words, by: by)
      try follow(.statusChange, incident, words, by: by)
    }
  }

  /// The first move out of CREATED is when somebody took it.
  func acknowledge(_ incident: inout Incident, by: Principal) {
    guard incident.acknowledgedAt == nil else { return }
    incident.acknowledgedAt = now
    incident.acknowledgedBy = by.name
  }
}
