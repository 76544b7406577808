import Tocsin

public struct ListTimeline: PagedCall {
  public typealias Item = TimelineEvent
  public static let route = Route.api(
    .get, "/incidents/{id}/timeline", .readers, "List everything that happened to an incident, oldest first.")

  var id: String
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<TimelineEvent> {
    try await incidents.timeline(of: id, page: page)
  }
}

public struct VerifyTimeline: Call {
  public static let route = Route.api(
    // It reads every event there is.
    .get, "/timeline/verification", .admins,
    "Walk along the hash chain of all events and find the first that was changed, removed, inserted or moved.")

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> TimelineVerdict {
    try await incidents.verifyTimeline()
  }
}

extension Desk {
  /// The complete history of an incident, oldest first.
  public func timeline(of id: String) async throws -> [TimelineEvent] { try await all(ListTimeline(id: id)).items }

  /// Checks the hash chain: see `Incidents.verifyTimeline`.
  public func verifyTimeline() async throws -> TimelineVerdict { try await perform(VerifyTimeline()) }
}
