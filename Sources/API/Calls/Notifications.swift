import Tocsin

public struct NotifyIncident: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/notifications", .responders,
    "Tell the people of a notify rule, and wait up to 35 seconds for the outcome.")

  var id: String
  var notifyCode: String
  var messageTemplate: String?
  var sentBy: String?

  public var onBehalfOf: String? { sentBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NotifyOutcome {
    try await incidents.notify(id, notifyCode: notifyCode, messageTemplate: messageTemplate, by: principal)
  }
}

public struct Resend: Call {
  public static let route = Route.api(
    .post, "/communications/{short_ref}/attempts", .responders,
    "Send a message again that was given up, or try one now that waits.")

  var shortRef: String
  var sentBy: String?

  public var onBehalfOf: String? { sentBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NotifyOutcome {
    try await incidents.resend(shortRef, by: principal)
  }
}

/// How a message that did not arrive may stand.
public enum UndeliveredStatus: String, Word {
  case pending = "PENDING"
  case failed = "FAILED"

  public static let field = "status"

  var status: DeliveryStatus { self == .pending ? .pending : .failed }
}

public struct ListUndelivered: PagedCall {
  public typealias Item = ListedCommunication
  public static let route = Route.api(
    .get, "/undelivered-communications", .readers,
    "List the messages of all incidents that were given up or still wait, newest first.")

  var status: UndeliveredStatus?
  var channel: String?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<ListedCommunication> {
    try await incidents.undelivered(status: status?.status, channel: channel, page: page)
  }
}

extension Desk {
  /// Tells the people of a notify rule: see `Incidents.notify`.
  @discardableResult
  public func notify(
    _ id: String, notifyCode: String, messageTemplate: String? = nil, by: String? = nil
  ) async throws -> NotifyOutcome {
    try await perform(
      NotifyIncident(id: id, notifyCode: notifyCode, messageTemplate: messageTemplate, sentBy: by))
  }

  /// Sends a message again: see `Incidents.resend`.
  @discardableResult
  public func resend(_ ref: String, by: String? = nil) async throws -> NotifyOutcome {
    try await perform(Resend(shortRef: ref, sentBy: by))
  }

  /// The messages that were given up or still wait: see `Incidents.undelivered`.
  public func undelivered(
    status: DeliveryStatus? = nil, channel: String? = nil, limit: Int = 50
  ) async throws -> [ListedCommunication] {
    let status = try status.map { try UndeliveredStatus(word: $0.rawValue) }
    return try await all(ListUndelivered(status: status, channel: channel), limit: limit).items
  }
}
