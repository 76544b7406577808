import Tocsin

public struct CloseIncident: ConditionalCall {
  public static let route = Route.api(
    .post, "/incidents/{id}/closure", .responders, "Close an incident with its resolution.")

  public var id: String
  var resolutionSummary: String?
  var rootCause: String?
  var closedBy: String?
  @Header public var expectedVersion: Int?

  public var onBehalfOf: String? { closedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Incident {
    try await incidents.close(
      id, resolutionSummary: resolutionSummary, rootCause: rootCause, expectedVersion: expectedVersion, by: principal)
  }
}

extension Desk {
  /// Closes an incident: see `Incidents.close`.
  @discardableResult
  public func close(
    _ id: String, resolutionSummary: String? = nil, rootCause: String? = nil, expectedVersion: Int? = nil,
    by: String? = nil
  ) async throws -> Incident {
    try await perform(
      CloseIncident(
        id: id, resolutionSummary: resolutionSummary, rootCause: rootCause, closedBy: by,
        expectedVersion: expectedVersion))
  }
}
