import Storage

/// How an incident ended.
struct Closure: Sendable {
  var resolutionSummary: String?
  var rootCause: String?

  init() {}

  init(resolutionSummary: String?, rootCause: String?) throws {
    self.resolutionSummary = try Text.optionalBlock(resolutionSummary, "resolution_summary")
    self.rootCause = try Text.optionalBlock(rootCause, "root_cause")
  }
}

extension Incidents {
  /// Closes an incident, from any other status.
  ///
  /// - Parameters:
  ///   - resolutionSummary: how it was resolved, up to 64 KiB; nil keeps what a former closing said.
  ///   - rootCause: what caused it; likewise.
  ///   - expectedVersion: the version that the caller has seen; nil when any will do.
  /// - Throws: ``Failure`` with code `conflict` when it is closed already, `notFound`, `invalid`, `outdated` for another
  ///   version.
  @discardableResult
  public func close(
    _ id: String, resolutionSummary: String? = nil, rootCause: String? = nil, expectedVersion: Int? = nil,
    by: Principal = .system
  ) async throws -> Incident {
    let closure = try Closure(resolutionSummary: resolutionSummary, rootCause: rootCause)
    let closed = try await database.write { transaction in
      var incident = try transaction.openToChange(id, expectedVersion: expectedVersion)
      try transaction.close(&incident, closure, by: by)
      return incident
    }
    outboxBell.ring()
    return closed
  }
}

extension Transaction {
  func close(_ incident: inout Incident, _ closure: Closure, by: Principal) throws {
    try incident.status.check(movesTo: .closed)
    acknowledge(&incident, by: by)
    incident.status = .closed
    incident.closedAt = now
    incident.closedBy = by.name
    incident.resolutionSummary = closure.resolutionSummary ?? incident.resolutionSummary
    incident.rootCause = closure.rootCause ?? incident.rootCause
    try save(&incident)
    let words = ["Incident closed", closure.resolutionSummary, closure.rootCause.map { "Root cause: \($0)" }]
    let sentence = words.compactMap { $0.map(excerpt) }.joined(separator: ". ")
    try record(.incidentClosed, on: incident.incidentGuid, sentence, by: by)
    try follow(.incidentClosed, incident, sentence, by: by)
  }
}
