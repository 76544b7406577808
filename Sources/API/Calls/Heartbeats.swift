import Tocsin

public struct ListHeartbeats: PagedCall {
  public typealias Item = Heartbeat
  public static let route = Route.api(.get, "/heartbeats", .readers, "List the heartbeats, by name.")

  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Heartbeat> {
    try await incidents.heartbeats(page: page)
  }
}

public struct GetHeartbeat: Call {
  public static let route = Route.api(.get, "/heartbeats/{heartbeat_name}", .readers, "Show a heartbeat.")

  var heartbeatName: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Heartbeat {
    try await incidents.heartbeat(heartbeatName)
  }
}

public struct SetHeartbeat: Call {
  public static let route = Route.api(
    .put, "/heartbeats/{heartbeat_name}", .responders,
    "Create or replace a heartbeat: a job that has to call /in/heartbeats/{heartbeat_name} at intervals.")

  var heartbeatName: String
  var intervalSeconds: Int
  var graceSeconds: Int?
  var severity: Severity?
  var package: String?
  var title: String?
  var isEnabled: Bool?
  var updatedBy: String?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Heartbeat {
    let draft = HeartbeatDraft(
      interval: intervalSeconds, grace: graceSeconds, severity: severity, package: package, title: title,
      isEnabled: isEnabled)
    return try await incidents.setHeartbeat(heartbeatName, draft, by: principal)
  }
}

public struct DeleteHeartbeat: Call {
  public static let route = Route.api(
    .delete, "/heartbeats/{heartbeat_name}", .responders, "Delete a heartbeat. Its alert resolves.")
  public static let status = 204
  public static let answers: [Endpoint.Content] = []

  var heartbeatName: String
  var updatedBy: String?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Done {
    try await incidents.deleteHeartbeat(heartbeatName, by: principal)
    return Done()
  }
}

extension Desk {
  /// All heartbeats, by name.
  public func heartbeats() async throws -> [Heartbeat] { try await all(ListHeartbeats()).items }

  /// The heartbeat with this name.
  public func heartbeat(_ name: String) async throws -> Heartbeat {
    try await perform(GetHeartbeat(heartbeatName: name))
  }

  /// Creates or replaces a heartbeat: see `Incidents.setHeartbeat`.
  @discardableResult
  public func setHeartbeat(_ name: String, _ draft: HeartbeatDraft, by: String? = nil) async throws -> Heartbeat {
    try await perform(
      SetHeartbeat(
        heartbeatName: name, intervalSeconds: draft.interval, graceSeconds: draft.grace, severity: draft.severity,
        package: draft.package, title: draft.title, isEnabled: draft.isEnabled, updatedBy: by))
  }

  /// Deletes a heartbeat.
  public func deleteHeartbeat(_ name: String, by: String? = nil) async throws {
    _ = try await perform(DeleteHeartbeat(heartbeatName: name, updatedBy: by))
  }
}
