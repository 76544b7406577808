import Foundation
import Synchronization
import Tocsin

/// Discord's webhooks as documented (https://docs.discord.com/developers/resources/webhook): it refuses what Discord
/// refuses, with Discord's codes, and keeps the messages.
public final class FakeDiscord: Sendable {
  public struct Message: Sendable {
    public let id: String
    public let webhook: String
    public let thread: String?
    /// As it was posted, or as it is after the last edit.
    public var content: JSONValue
    public var edits = 0
    /// Whom it called, when it was posted or edited.
    public var pings: [String]
  }

  private struct State {
    var messages: [Message] = []
    var methods: [String] = []
    var headers: [String: String] = [:]
    var invalid = 0
  }

  private let state = Mutex(State())
  public let script = Scripted()
  /// The webhooks that are there, with their tokens.
  public static let webhooks = ["111111111111111111": "token-of-ops_1", "222222222222222222": "token-of-db_2"]
  public static let thread = "333333333333333333"
  public static func path(_ id: String = "111111111111111111") -> String {
    "/api/webhooks/\(id)/\(webhooks[id] ?? "x")"
  }

  public init() {}

  public func serve<Result>(_ body: (HTTPReceiver) async throws -> Result) async throws -> Result {
    try await HTTPReceiver.with({ self.answer($0) }, body)
  }

  public var messages: [Message] { state.withLock { $0.messages } }
  public var methods: [String] { state.withLock { $0.methods } }
  /// Headers of every good answer from now on.
  public func setHeaders(_ headers: [String: String]) { state.withLock { $0.headers = headers } }
  public func delete(_ id: String) { state.withLock { $0.messages.removeAll { $0.id == id } } }

  private func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer? {
    guard let url = URLComponents(string: request.uri) else { return nil }
    let parts = url.path.split(separator: "/").map(String.init)
    guard parts.count == 4 || parts.count == 6 && parts[4] == "messages", parts.prefix(2) == ["api", "webhooks"] else {
      return nil
    }
    state.withLock { $0.methods.append(request.method) }
    if let answer = script.next() { return answer }
    guard let token = Self.webhooks[parts[2]] else { return refusal(404, 10015, "Unknown Webhook") }
    guard token == parts[3] else { return refusal(401, 50027, "Invalid Webhook Token") }
    let query = Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
    switch (request.method, parts.count) {
    case ("GET", 4): return success(["id": .string(parts[2]), "type": 1, "token": .string(token)])
    case ("POST", 4): return post(request.body, parts[2], query)
    case ("PATCH", 6): return edit(request.body, parts[2], parts[5], query)
    default: return nil
    }
  }

  private func post(_ body: Data, _ webhook: String, _ query: [String: String]) -> HTTPReceiver.Answer {
    guard let content = JSONValue(body) else { return refusal(400, 50109, "The request body contains invalid JSON.") }
    if let fault = DiscordRules.fault(content, known: DiscordRules.postNames) { return refusal(400, fault, "Invalid") }
    let thread = query["thread_id"]
    if let thread, thread != Self.thread { return refusal(404, 10003, "Unknown Channel") }
    let id = state.withLock { state in
      let id = String(444_444_444_444_444_400 + state.messages.count)
      let pings = DiscordRules.pings(content)
      state.messages.append(Message(id: id, webhook: webhook, thread: thread, content: content, pings: pings))
      return id
    }
    return query["wait"] == "true" ? success(["id": .string(id), "channel_id": "199737254929760256"]) : .status(204)
  }

  private func edit(
    _ body: Data, _ webhook: String, _ id: String, _ query: [String: String]
  ) -> HTTPReceiver.Answer {
    guard let content = JSONValue(body) else { return refusal(400, 50109, "The request body contains invalid JSON.") }
    if let fault = DiscordRules.fault(content, known: DiscordRules.editNames) { return refusal(400, fault, "Invalid") }
    let found = state.withLock { state in
      let place = state.messages.firstIndex {
        $0.id == id && $0.webhook == webhook && $0.thread == query["thread_id"]
      }
      guard let place else { return false }
      state.messages[place].content = content
      state.messages[place].edits += 1
      state.messages[place].pings += DiscordRules.pings(content)
      return true
    }
    return found ? success(["id": .string(id)]) : refusal(404, 10008, "Unknown Message")
  }

  private func success(_ body: [String: JSONValue]) -> HTTPReceiver.Answer {
    let headers = state.withLock { $0.headers }
    return .status(200, headers: headers, body: (try? JSON.encode(body)) ?? "")
  }

  private func refusal(_ status: Int, _ code: Int, _ message: String) -> HTTPReceiver.Answer {
    .status(status, body: #"{"message":"\#(message)","code":\#(code)}"#)
  }
}
