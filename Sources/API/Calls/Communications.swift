import Tocsin

public struct LogCommunication: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/communications", .responders,
    "Put a phone call or another message on record. Nothing is sent.")
  public static let status = 201

  var id: String
  var channel: String
  var direction: Direction?
  var message: String?
  var recipient: String?
  var status: DeliveryStatus?
  var externalId: String?
  var metadata: Metadata?
  var loggedBy: String?

  public var onBehalfOf: String? { loggedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Communication {
    let logged = LoggedCommunication(
      channel: channel, direction: direction ?? .outbound, message: message, recipient: recipient,
      status: status ?? .sent, externalId: externalId, metadata: metadata)
    return try await incidents.logCommunication(id, logged, by: principal)
  }
}

public struct ListCommunications: PagedCall {
  public typealias Item = Communication
  public static let route = Route.api(
    .get, "/incidents/{id}/communications", .readers, "List an incident's messages, newest first.")

  var id: String
  var channel: String?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Communication> {
    try await incidents.communications(of: id, channel: channel, page: page)
  }
}

public struct ListAllCommunications: PagedCall {
  public typealias Item = ListedCommunication
  public static let route = Route.api(
    .get, "/communications", .readers, "List the messages to people of all incidents, newest first.")

  var status: DeliveryStatus?
  var channel: String?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<ListedCommunication> {
    try await incidents.communications(status: status, channel: channel, page: page)
  }
}

public struct LookUpRef: Call {
  public static let route = Route.api(
    .get, "/communications/{short_ref}", .readers, "Find the message and the incident behind a short reference.")

  var shortRef: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> LocatedCommunication {
    guard let located = try await incidents.communication(ref: shortRef) else {
      throw Failure(.notFound, "there is no message with the reference \"\(printable(shortRef))\"")
    }
    return located
  }
}

public struct DrawShortRef: Call {
  public static let route = Route.api(
    .post, "/short-refs", .responders, "Draw a short reference that no message has yet. It is not reserved.")
  public static let status = 201

  public struct Answer: Codable, Sendable {
    public let shortRef: String
  }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Answer {
    Answer(shortRef: try await incidents.generateShortRef())
  }
}

extension Desk {
  /// Puts a message on record: see `Incidents.logCommunication`.
  @discardableResult
  public func logCommunication(
    _ id: String, _ logged: LoggedCommunication, by: String? = nil
  ) async throws -> Communication {
    try await perform(
      LogCommunication(
        id: id, channel: logged.channel, direction: logged.direction, message: logged.message,
        recipient: logged.recipient, status: logged.status, externalId: logged.externalId, metadata: logged.metadata,
        loggedBy: by))
  }

  /// The messages of an incident, newest first: see `Incidents.communications`.
  public func communications(
    of id: String, channel: String? = nil, limit: Int? = nil
  ) async throws -> [Communication] {
    try await all(ListCommunications(id: id, channel: channel), limit: limit).items
  }

  /// The messages to people of all incidents, newest first: see `Incidents.communications`.
  public func communications(
    status: DeliveryStatus? = nil, channel: String? = nil, limit: Int = 50
  ) async throws -> [ListedCommunication] {
    try await all(ListAllCommunications(status: status, channel: channel), limit: limit).items
  }

  /// The message with this short reference, and its incident; nil when there is none.
  public func communication(ref: String) async throws -> LocatedCommunication? {
    do {
      return try await perform(LookUpRef(shortRef: ref))
    } catch let failure as Failure where failure.code == .notFound {
      return nil
    }
  }

  /// A short reference that no message has yet.
  public func generateShortRef() async throws -> String { try await perform(DrawShortRef()).shortRef }
}
