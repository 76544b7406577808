import Tocsin

public struct MergeIncidents: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/merges", .responders, "Merge another incident into this one. Answers this one.")

  var id: String
  var sourceIncidentGuid: String
  var mergedBy: String?

  public var onBehalfOf: String? { mergedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Incident {
    try await incidents.merge(sourceIncidentGuid, into: id, by: principal)
  }
}

extension Desk {
  /// Merges `source` into `target`: see `Incidents.merge`.
  @discardableResult
  public func merge(_ source: String, into target: String, by: String? = nil) async throws -> Incident {
    try await perform(MergeIncidents(id: target, sourceIncidentGuid: source, mergedBy: by))
  }
}
