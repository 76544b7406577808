import Tocsin

public struct ListNotifyRules: PagedCall {
  public typealias Item = NotifyRule
  public static let route = Route.api(.get, "/notify-rules", .responders, "List the notify rules, by code.")

  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<NotifyRule> {
    try await incidents.notifyRules(page: page)
  }
}

public struct GetNotifyRule: Call {
  public static let route = Route.api(.get, "/notify-rules/{code}", .responders, "Show a notify rule.")

  var code: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NotifyRule {
    try await incidents.notifyRule(code)
  }
}

public struct SetNotifyRule: Call {
  public static let route = Route.api(.put, "/notify-rules/{code}", .admins, "Create or replace a notify rule.")

  var code: String
  var notifyName: String
  var notifyChannels: String
  var messageTemplate: String?
  var updatedBy: String?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NotifyRule {
    try await incidents.setNotifyRule(
      code, name: notifyName, channels: notifyChannels, messageTemplate: messageTemplate, by: principal)
  }
}

public struct DeleteNotifyRule: Call {
  public static let route = Route.api(.delete, "/notify-rules/{code}", .admins, "Delete a notify rule.")
  public static let status = 204
  public static let answers: [Endpoint.Content] = []

  var code: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Done {
    try await incidents.deleteNotifyRule(code, by: principal)
    return Done()
  }
}

extension Desk {
  /// All notify rules, by code.
  public func notifyRules() async throws -> [NotifyRule] { try await all(ListNotifyRules()).items }

  /// The rule with this code.
  public func notifyRule(_ code: String) async throws -> NotifyRule { try await perform(GetNotifyRule(code: code)) }

  /// Creates or replaces the rule with this code: see `Incidents.setNotifyRule`.
  @discardableResult
  public func setNotifyRule(
    _ code: String, name: String, channels: String, messageTemplate: String? = nil, by: String? = nil
  ) async throws -> NotifyRule {
    try await perform(
      SetNotifyRule(
        code: code, notifyName: name, notifyChannels: channels, messageTemplate: messageTemplate, updatedBy: by))
  }

  /// Deletes the rule with this code.
  public func deleteNotifyRule(_ code: String) async throws { _ = try await perform(DeleteNotifyRule(code: code)) }
}
