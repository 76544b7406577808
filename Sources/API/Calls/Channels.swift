import Tocsin

/// Whether a channel is set up.
public struct ChannelState: Codable, Sendable {
  public let channel: String
  public let isConfigured: Bool
}

public struct ListChannels: Call {
  public static let route = Route.api(.get, "/channels", .readers, "List all channels, and whether each is configured.")

  public struct Answer: Codable, Sendable {
    public let items: [ChannelState]
  }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Answer {
    Answer(
      items: NotifyRule.channelNames.map { ChannelState(channel: $0, isConfigured: incidents.channels[$0] != nil) })
  }
}

public struct SendTest: Call {
  public static let route = Route.api(
    // It can send to any address at all.
    .post, "/test-messages", .admins, "Send a harmless message through a channel. Nothing is put on record.")

  public struct Answer: Codable, Sendable {
    public let externalId: String
  }

  var item: String
  var sentBy: String?

  public var onBehalfOf: String? { sentBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Answer {
    do {
      return Answer(externalId: try await incidents.sendTest(item, by: principal).externalId)
    } catch let failure as Failure where failure.field != nil {
      throw failure.placed(at: "item")
    }
  }
}

extension Desk {
  /// The names of the channels that are configured.
  public func configuredChannels() async throws -> Set<String> {
    Set(try await perform(ListChannels()).items.filter(\.isConfigured).map(\.channel))
  }

  /// Sends a harmless message: see `Incidents.sendTest`. Answers the vendor's id of it.
  @discardableResult
  public func sendTest(_ item: String, by: String? = nil) async throws -> String {
    try await perform(SendTest(item: item, sentBy: by)).externalId
  }
}
