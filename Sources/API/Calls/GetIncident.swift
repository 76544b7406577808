import Tocsin

public struct GetIncident: Call {
  public static let route = Route.api(.get, "/incidents/{id}", .readers, "Show an incident and how much hangs on it.")

  var id: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> IncidentDetails {
    try await incidents.details(of: id)
  }
}

extension Desk {
  /// An incident with its counts: see `Incidents.details(of:)`.
  public func details(of id: String) async throws -> IncidentDetails { try await perform(GetIncident(id: id)) }

  /// An incident: see `Incidents.get`.
  public func get(_ id: String) async throws -> Incident { try await details(of: id).incident }
}
