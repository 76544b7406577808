import Tocsin

public struct UpdateIncident: ConditionalCall {
  public static let route = Route.api(
    .patch, "/incidents/{id}", .responders,
    "Change an incident. What is left out stays; an empty description or assignee is removed.")

  public var id: String
  var title: String?
  var severity: Severity?
  var package: String?
  var description: String?
  var assignedTo: String?
  var updatedBy: String?
  @Header public var expectedVersion: Int?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Incident {
    let changes = IncidentChanges(
      title: title, severity: severity, package: package, description: description, assignedTo: assignedTo)
    return try await incidents.update(id, changes, expectedVersion: expectedVersion, by: principal)
  }
}

extension Desk {
  /// Changes an incident: see `Incidents.update`.
  @discardableResult
  public func update(
    _ id: String, _ changes: IncidentChanges, expectedVersion: Int? = nil, by: String? = nil
  ) async throws -> Incident {
    try await perform(
      UpdateIncident(
        id: id, title: changes.title, severity: changes.severity, package: changes.package,
        description: changes.description, assignedTo: changes.assignedTo, updatedBy: by,
        expectedVersion: expectedVersion))
  }

  /// Makes `assignee` responsible; nil for nobody.
  @discardableResult
  public func assign(_ id: String, to assignee: String?, by: String? = nil) async throws -> Incident {
    try await update(id, IncidentChanges(assignedTo: assignee ?? ""), by: by)
  }
}
