import Tocsin

extension TestBench {
  /// An incident to work with: CRITICAL, package DATABASE.
  @discardableResult
  public func incident(_ title: String = "Database down", severity: Severity = .critical) async throws -> Incident {
    try await incidents.create(title: title, severity: severity, package: "DATABASE", by: "dba1")
  }

  /// An incident that was moved to `status` the short way.
  public func incident(in status: Status) async throws -> Incident {
    let guid = try await incident().incidentGuid
    let path: [Status] =
      switch status {
      case .created: []
      case .investigating: [.investigating]
      case .monitoring: [.investigating, .monitoring]
      case .closed: [.closed]
      }
    for step in path { try await incidents.updateStatus(guid, to: step, by: "dba1") }
    return try await incidents.get(guid)
  }

  /// The types of an incident's events, oldest first.
  public func events(of id: String) async throws -> [EventType] {
    try await incidents.timeline(of: id).map(\.eventType)
  }
}
