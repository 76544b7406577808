import Storage

/// What to change of an incident; nil leaves a field as it is, an empty text empties one that may be empty.
public struct IncidentChanges: Sendable {
  public var title: String?
  public var severity: Severity?
  public var package: String?
  public var description: String?
  public var assignedTo: String?

  public init(
    title: String? = nil, severity: Severity? = nil, package: String? = nil, description: String? = nil,
    assignedTo: String? = nil
  ) {
    self.title = title
    self.severity = severity
    self.package = package
    self.description = description
    self.assignedTo = assignedTo
  }
}

extension Incidents {
  /// Changes title, severity, package, description or assignee. A change of severity, of the assignee and of the rest
  /// each write their own event; a value that is the same already writes none.
  ///
  /// - Parameter expectedVersion: the version that the caller has seen; nil when any will do.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`, `outdated` for another version, or `conflict` for a merged
  ///   incident.
  @discardableResult
  public func update(
    _ id: String, _ changes: IncidentChanges, expectedVersion: Int? = nil, by: Principal = .system
  ) async throws -> Incident {
    let changed = try await database.write { transaction in
      try transaction.change(transaction.openToChange(id, expectedVersion: expectedVersion), changes, by: by)
    }
    outboxBell.ring()
    return changed
  }

  /// Makes `assignee` responsible; nil for nobody.
  @discardableResult
  public func assign(_ id: String, to assignee: String?, by: Principal = .system) async throws -> Incident {
    try await update(id, IncidentChanges(assignedTo: assignee ?? ""), by: by)
  }
}

extension Incident {
  fileprivate mutating func apply(_ changes: IncidentChanges) throws {
    if let value = changes.title { title = try Text.line(value, "title", 1...255) }
    if let value = changes.severity { severity = value }
    if let value = changes.package { package = try Text.line(value, "package", 1...100) }
    if let value = changes.description { description = try Text.optionalBlock(value, "description") }
    if let value = changes.assignedTo { assignedTo = try Text.optionalLine(value, "assigned_to") }
  }
}

extension Transaction {
  @discardableResult
  func change(_ before: Incident, _ changes: IncidentChanges, by: Principal) throws -> Incident {
    var incident = before
    try incident.apply(changes)
    guard incident != before else { return before }
    try save(&incident)
    try recordDifferences(before, incident, by: by)
    return incident
  }

  private func recordDifferences(_ old: Incident, _ new: Incident, by: Principal) throws {
    if old.severity != new.severity {
      let words = "Severity changed from \(old.severity.rawValue) to \(new.severity.rawValue)"
      try tell(.severityChange, new, words, by: by)
    }
    if old.assignedTo != new.assignedTo {
      let words = "Assigned to \(new.assignedTo ?? "nobody"), before: \(old.assignedTo ?? "nobody")"
      try tell(.assignmentChange, new, words, by: by)
    }
    var details: [String] = []
    if old.title != new.title { details.append("Title changed from \"\(old.title)\" to \"\(new.title)\"") }
    if old.package != new.package { details.append("Package changed from \(old.package) to \(new.package)") }
    if old.description != new.description { details.append("Description changed") }
    if !details.isEmpty {
      try tell(.detailsChange, new, details.joined(separator: ". "), by: by)
    }
  }

  private func tell(_ event: EventType, _ incident: Incident, _ words: String, by: Principal) throws {
    try record(event, on: incident.incidentGuid, words, by: by)
    try follow(event, incident, words, by: by)
  }
}
