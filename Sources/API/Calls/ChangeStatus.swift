import Tocsin

public struct ChangeStatus: ConditionalCall {
  public static let route = Route.api(
    .post, "/incidents/{id}/status", .responders,
    "Move an incident to another status. A move that is not allowed answers 409 with those that are.")

  public var id: String
  var newStatus: Status
  var updatedBy: String?
  @Header public var expectedVersion: Int?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Incident {
    try await incidents.updateStatus(id, to: newStatus, expectedVersion: expectedVersion, by: principal)
  }
}

extension Desk {
  /// Moves an incident to another status: see `Incidents.updateStatus`.
  @discardableResult
  public func updateStatus(
    _ id: String, to new: Status, expectedVersion: Int? = nil, by: String? = nil
  ) async throws -> Incident {
    try await perform(ChangeStatus(id: id, newStatus: new, updatedBy: by, expectedVersion: expectedVersion))
  }
}
