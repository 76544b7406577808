import Storage

/// What a new incident starts with.
struct IncidentDraft: Sendable {
  let title: String
  let severity: Severity
  let package: String
  let description: String?
  let assignedTo: String?

  /// - Throws: ``Failure`` with code `invalid` for text that is empty, too long or has a NUL.
  init(title: String, severity: Severity, package: String, description: String?, assignedTo: String?) throws {
    self.title = try Text.line(title, "title", 1...255)
    self.severity = severity
    self.package = try Text.line(package, "package", 1...100)
    self.description = try Text.optionalBlock(description, "description")
    self.assignedTo = try Text.optionalLine(assignedTo, "assigned_to")
  }
}

extension Incidents {
  /// Opens an incident in status CREATED and links `alertLinks` to it.
  ///
  /// - Parameters:
  ///   - title: 1 to 255 characters.
  ///   - package: the system at fault, 1 to 100 characters.
  ///   - description: up to 64 KiB of UTF-8.
  ///   - assignedTo: a person or team, up to 255 characters.
  ///   - alertLinks: guids of alerts, which need not be known here; at most 1,000.
  /// - Throws: ``Failure`` with code `invalid`.
  @discardableResult
  public func create(
    title: String, severity: Severity, package: String, description: String? = nil, assignedTo: String? = nil,
    alertLinks: [String] = [], by: Principal = .system
  ) async throws -> Incident {
    let draft = try IncidentDraft(
      title: title, severity: severity, package: package, description: description, assignedTo: assignedTo)
    guard alertLinks.count <= 1000 else {
      throw Failure.invalid("alert_links", "names \(alertLinks.count) alerts; at most 1000 are allowed at once")
    }
    let alerts = try alertLinks.map { try Text.line($0, "alert_links", 1...255) }
    return try await database.write { transaction in
      var incident = try transaction.create(draft, by: by)
      for alert in alerts {
        _ = try transaction.link(alert, to: incident, by: by)
        incident = try transaction.handOver(notesOf: alert, to: incident)
      }
      return incident
    }
  }
}

extension Transaction {
  func create(_ draft: IncidentDraft, by: Principal) throws -> Incident {
    let guid = newGuid()
    try execute(
      """
      INSERT INTO data_incident (IncidentGuid, Title, Severity, Status, Package, Description, AssignedTo, CreatedBy,
        CreatedAt, UpdatedAt, Version) VALUES (?, ?, ?, 'CREATED', ?, ?, ?, ?, ?, ?, 1)
      """,
      [
        .text(guid), .text(draft.title), .text(draft.severity.rawValue), .text(draft.package), .text(draft.description),
        .text(draft.assignedTo), .text(by.name), .time(now), .time(now),
      ])
    whenCommitted { Telemetry.incidents.count(1, [("severity", draft.severity.rawValue)]) }
    try record(.incidentCreated, on: guid, "Incident created: \(draft.severity.rawValue), \(draft.package)", by: by)
    return Incident(
      incidentGuid: guid, title: draft.title, severity: draft.severity, status: .created, package: draft.package,
      description: draft.description, assignedTo: draft.assignedTo, createdBy: by.name, createdAt: now, closedBy: nil,
      closedAt: nil, resolutionSummary: nil, rootCause: nil, acknowledgedAt: nil, acknowledgedBy: nil, updatedAt: now,
      mergedIntoGuid: nil, version: 1)
  }
}
