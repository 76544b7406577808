import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct SlackAnswerTests {
  private static let secret = "xoxb-hunter2-hunter2"
  private static let quick = TimeOuts(connect: 2, total: 2)

  private func failure(_ way: String, _ answer: HTTPReceiver.Answer) async throws -> SendFailure? {
    try await HTTPReceiver.with { _ in
      answer
    } _: { receiver in
      try await failure(way, at: receiver.url(""))
    }
  }

  private func failure(_ way: String, at url: String) async throws -> SendFailure? {
    let bot = ["bot_token": Self.secret, "default_target": "#ops", "base_url": url]
    let settings = way == "bot" ? bot : ["webhook_url": url + "/services/hunter2"]
    return try await Slack(settings: settings, timeOuts: Self.quick).refusal(of: .sample(to: "#ops"))
  }

  @Test(arguments: [("bot", #"{"ok":true,"channel":"C1","ts":"1.1","x":"hunter2"}"#), ("webhook", "ok")])
  func only200WithTheProofIsProof(way: String, body: String) async throws {
    #expect(try await HTTPReceiver.sweep(body: body) { try await failure(way, at: $0) } == [200])
  }

  @Test(arguments: [
    "", "ok", "{}", "[]", "<html>ok</html>", #"{"ok":"true"}"#, #"{"ok":true}"#, #"{"ok":true,"channel":"C1"}"#,
    #"{"ok":true,"channel":"C1","ts":"hunter2"}"#, ##"{"ok":true,"channel":"#ops","ts":"1.1"}"##, #"{"ok":false}"#,
    #"{"ok":false,"error":"hunter2"}"#, #"{"ok":false,"error":"brand_new_error"}"#,
  ])
  func a200WithoutProofIsTriedAgain(body: String) async throws {
    let failure = try #require(await failure("bot", .status(200, body: body)))
    #expect(failure.isRetryable && !failure.reason.contains("hunter2"))
  }

  @Test(arguments: [
    "channel_not_found", "not_in_channel", "invalid_auth", "is_archived", "msg_too_long", "invalid_blocks",
    "token_revoked", "missing_scope", "account_inactive", "restricted_action",
  ])
  func whatOnlyAPersonCanChangeIsForGood(word: String) async throws {
    let failure = try await failure("bot", .status(200, body: #"{"ok":false,"error":"\#(word)"}"#))
    #expect(failure == .permanent("Slack refused it (\(word))"))
  }

  @Test(arguments: ["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"])
  func whatPassesIsTriedAgain(word: String) async throws {
    let body = #"{"ok":false,"error":"\#(word)"}"#
    let failure = try await failure("bot", .status(200, headers: ["retry-after": "30"], body: body))
    #expect(failure == .retryable("Slack cannot take it now (\(word))", after: 30))
  }

  @Test(arguments: [
    (400, "invalid_payload"), (403, "action_prohibited"), (404, "channel_not_found"), (404, "no_service"),
    (410, "channel_is_archived"), (403, "invalid_token"), (500, "no_team"), (400, "no_text"),
  ])
  func aWebhooksWordSaysWhatIsWrong(status: Int, word: String) async throws {
    #expect(try await failure("webhook", .status(status, body: word)) == .permanent("Slack refused it (\(word))"))
  }

  @Test func aWebhookThatCannotSayOkIsTriedAgain() async throws {
    for body in ["", "OK", "ok\n", "okay", "<html>ok</html>", "ok hunter2", String(repeating: "ok", count: 40_000)] {
      let failure = try await failure("webhook", .status(200, body: body))
      #expect(failure == .retryable("Slack did not confirm the message (200)"))
    }
    let rollup = try await failure("webhook", .status(500, body: "rollup_error"))
    #expect(rollup == .retryable("Slack cannot take it now (rollup_error)"))
    let busy = try await failure("webhook", .status(429, headers: ["retry-after": "30"], body: "invalid_token"))
    #expect(busy == .retryable("the receiver gets too many messages (429)", after: 30))
  }

  @Test func aWebhookTakesEveryTargetAndSaysWhereItWent() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      let channel = try Slack(settings: ["webhook_url": receiver.url(FakeSlack.webhookPath)])
      let target = try #require(channel.defaultTarget)
      #expect(channel.fault(inTarget: target) == nil && channel.follows.isEmpty)
      let receipt = try await channel.send(.sample(to: target))
      #expect(receipt == Receipt(externalId: "019aa8c1-0000-7000-8000-0000000000ff"))
      let noted = try await channel.send(.sample(to: "#db"))
      #expect(noted.metadata == ["wanted_channel": "#db", "sent_to": "the webhook's own channel"])
      #expect(channel.destination(of: "#db") == channel.destination(of: target))
      #expect(await channel.probe() == nil)
      #expect(fake.messages.map(\.channel) == ["C00000WEBHK", "C00000WEBHK"])
    }
  }
}
