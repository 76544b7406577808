import Tocsin

public struct GetMetrics: Call {
  public static let route = Route.api(
    .get, "/metrics/incidents", .readers, "Count incidents and how long they took, by day of creation, UTC.")

  var package: String?
  var startDate: String?
  var endDate: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> IncidentMetrics {
    try await incidents.metrics(package: package, startDate: startDate, endDate: endDate)
  }
}

extension Desk {
  /// Counts and durations: see `Incidents.metrics`.
  public func metrics(
    package: String? = nil, startDate: String? = nil, endDate: String? = nil
  ) async throws -> IncidentMetrics {
    try await perform(GetMetrics(package: package, startDate: startDate, endDate: endDate))
  }
}
