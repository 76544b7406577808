import Foundation
import Synchronization
import Tocsin

/// Slack's Web API and one incoming webhook as documented (https://docs.slack.dev): it refuses what Slack refuses, with
/// Slack's words, and keeps the messages.
public final class FakeSlack: Sendable {
  public struct Message: Sendable {
    public let channel: String
    public let ts: String
    public let thread: String?
    public let isBroadcast: Bool
    /// As it was posted, or as it is after the last edit.
    public var content: JSONValue
    public var edits = 0
  }

  private struct State {
    var messages: [Message] = []
    var calls: [String] = []
    var deleted: Set<String> = []
  }

  private let state = Mutex(State())
  public let script = Scripted()
  public static let token = "xoxb-0000-fake-token"
  public static let webhookPath = "/services/T0/B0/fakewebhooksecret"
  /// Channels that are there, by their names.
  private static let channels = ["#ops": "C0000000OPS", "#db": "C00000000DB"]

  public init() {}

  /// Runs it at the address that `body` gets: `/api` is the Web API.
  public func serve<Result>(_ body: (HTTPReceiver) async throws -> Result) async throws -> Result {
    try await HTTPReceiver.with({ self.answer($0) }, body)
  }

  public var messages: [Message] { state.withLock { $0.messages } }
  /// The methods that were called, in order.
  public var calls: [String] { state.withLock { $0.calls } }
  public func delete(_ ts: String) { state.withLock { _ = $0.deleted.insert(ts) } }

  private func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer? {
    if request.uri == Self.webhookPath {
      if request.method == "OPTIONS" { return .status(405) }
      return request.method == "POST" ? script.next() ?? hook(request) : nil
    }
    guard request.method == "POST", request.uri.hasPrefix("/api/") else { return nil }
    let method = String(request.uri.dropFirst("/api/".count))
    guard ["chat.postMessage", "chat.update", "auth.test"].contains(method) else { return nil }
    state.withLock { $0.calls.append(method) }
    if let answer = script.next() { return answer }
    let result = call(method, request)
    let object: [String: JSONValue] = result.merging(["ok": .bool(result["error"] == nil)]) { $1 }
    return .status(200, headers: ["content-type": "application/json"], body: (try? JSON.encode(object)) ?? "")
  }

  private func hook(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
    guard request.headers["content-type"]?.hasPrefix("application/json") == true,
      let content = JSONValue(request.body), content.object != nil
    else { return .status(400, body: "invalid_payload") }
    if let fault = SlackRules.fault(content, known: SlackRules.contentNames) { return .status(400, body: fault) }
    _ = keep(content, channel: "C00000WEBHK")
    return .status(200, body: "ok")
  }

  private func call(_ method: String, _ request: HTTPReceiver.Request) -> [String: JSONValue] {
    guard let authorization = request.headers["authorization"] else { return ["error": "not_authed"] }
    guard authorization == "Bearer \(Self.token)" else { return ["error": "invalid_auth"] }
    if method == "auth.test" { return ["url": "https://fake.slack.com/", "user_id": "U0BOT"] }
    guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
      return ["error": "invalid_post_type"]
    }
    guard let arguments = JSONValue(request.body), arguments.object != nil else { return ["error": "invalid_json"] }
    return method == "chat.update" ? update(arguments) : post(arguments)
  }

  private func post(_ arguments: JSONValue) -> [String: JSONValue] {
    let wanted = arguments["channel"]?.string ?? ""
    if wanted == "#old" { return ["error": "is_archived"] }
    let known = Self.channels.values.contains(wanted) ? wanted : Self.channels[wanted]
    guard let channel = known else { return ["error": "channel_not_found"] }
    if let fault = SlackRules.fault(arguments, known: SlackRules.postNames) { return ["error": .string(fault)] }
    if let thread = arguments["thread_ts"]?.string, !isThere(thread, channel) { return ["error": "thread_not_found"] }
    return ["channel": .string(channel), "ts": .string(keep(arguments, channel: channel))]
  }

  private func update(_ arguments: JSONValue) -> [String: JSONValue] {
    guard let channel = arguments["channel"]?.string, Self.channels.values.contains(channel) else {
      return ["error": "channel_not_found"]
    }
    guard let ts = arguments["ts"]?.string, isThere(ts, channel) else { return ["error": "message_not_found"] }
    if let fault = SlackRules.fault(arguments, known: SlackRules.updateNames) { return ["error": .string(fault)] }
    state.withLock { state in
      for index in state.messages.indices where state.messages[index].ts == ts {
        state.messages[index].content = arguments
        state.messages[index].edits += 1
      }
    }
    return ["channel": .string(channel), "ts": .string(ts)]
  }

  private func isThere(_ ts: String, _ channel: String) -> Bool {
    state.withLock { state in
      !state.deleted.contains(ts) && state.messages.contains { $0.ts == ts && $0.channel == channel }
    }
  }

  private func keep(_ content: JSONValue, channel: String) -> String {
    state.withLock { state in
      let ts = "1795000000.\(String(1_000_000 + state.messages.count).dropFirst())"
      state.messages.append(
        Message(
          channel: channel, ts: ts, thread: content["thread_ts"]?.string,
          isBroadcast: content["reply_broadcast"]?.isTrue == true, content: content))
      return ts
    }
  }
}
