import Tocsin

public struct GetAlert: Call {
  public static let route = Route.api(
    .get, "/alerts/{alert_guid}", .readers, "Show an alert that came in, and the incidents it is linked to.")

  var alertGuid: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> AlertDetails {
    try await incidents.details(ofAlert: alertGuid)
  }
}

public struct AcknowledgeAlert: Call {
  public static let route = Route.api(
    .post, "/alerts/{alert_guid}/acknowledgement", .responders,
    "Take an alert on. Its incidents that nobody has taken yet move to INVESTIGATING.")

  var alertGuid: String
  /// A time in one of the spellings of `momentToCome`.
  var acknowledgedUntil: String?
  var acknowledgedBy: String?

  public var onBehalfOf: String? { acknowledgedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Alert {
    let now = incidents.database.now()
    let end = try acknowledgedUntil.map { try momentToCome($0, "acknowledged_until", now: now) }
    return try await incidents.acknowledgeAlert(alertGuid, until: end, by: principal)
  }
}

public struct UnacknowledgeAlert: Call {
  public static let route = Route.api(
    .delete, "/alerts/{alert_guid}/acknowledgement", .responders, "Give an alert back that somebody had taken on.")

  var alertGuid: String
  var updatedBy: String?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Alert {
    try await incidents.unacknowledgeAlert(alertGuid, by: principal)
  }
}

extension Desk {
  /// An alert and its incidents: see `Incidents.details(ofAlert:)`.
  public func details(ofAlert id: String) async throws -> AlertDetails { try await perform(GetAlert(alertGuid: id)) }

  /// Takes an alert on: see `Incidents.acknowledgeAlert`.
  ///
  /// - Parameter until: such as `2h`: see `momentToCome`. Nil for never.
  @discardableResult
  public func acknowledgeAlert(_ id: String, until: String? = nil, by: String? = nil) async throws -> Alert {
    try await perform(AcknowledgeAlert(alertGuid: id, acknowledgedUntil: until, acknowledgedBy: by))
  }

  /// Gives an alert back: see `Incidents.unacknowledgeAlert`.
  @discardableResult
  public func unacknowledgeAlert(_ id: String, by: String? = nil) async throws -> Alert {
    try await perform(UnacknowledgeAlert(alertGuid: id, updatedBy: by))
  }
}
