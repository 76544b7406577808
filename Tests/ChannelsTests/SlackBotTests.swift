import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct SlackBotTests {
  private func with(_ body: (FakeSlack, Slack) async throws -> Void) async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      try await body(
        fake,
        Slack(settings: [
          "bot_token": FakeSlack.token, "default_target": "#ops", "base_url": receiver.url("/api/"),
          "webhook_url": "http://127.0.0.1:1/not-used",
        ]))
    }
  }

  private let message = OutboundMessage.sample(to: "#ops")

  /// The first message, as a later one knows it.
  private func sent(_ receipt: Receipt) -> OutboundMessage.Sent {
    OutboundMessage.Sent(externalId: receipt.externalId, shortRef: "REF-20261121-ONE", text: "call +1555 <now>")
  }

  @Test func thePeerBehavesAsSlacksOwnClientExpects() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      _ = try PythonVenv.run(
        "slack_client.py", [receiver.url("/api"), receiver.url(FakeSlack.webhookPath), FakeSlack.token])
    }
    #expect(fake.messages.map(\.edits) == [1, 0, 0])
  }

  @Test func aMessageIsPostedWithBlocksAndAPlainText() async throws {
    try await with { fake, channel in
      let receipt = try await channel.send(message)
      #expect(receipt == Receipt(externalId: "C0000000OPS:1795000000.000000"))
      let content = try #require(fake.messages.first?.content)
      #expect(content["blocks"]?.array.map { $0["type"] } == ["header", "section", "section", "actions", "context"])
      #expect(content["blocks"]?[0]?["text"]?["text"]?.string?.hasPrefix("🟠 HIGH · ") == true)
      #expect(content["blocks"]?[2]?["text"]?["text"]?.string == message.text)
      #expect(content["blocks"]?[3]?["elements"]?[0]?["url"]?.string == message.incidentURL)
      #expect(content["blocks"]?[4]?["elements"]?[0]?["text"] == "Ref: REF-20261121-ABC")
      #expect(content["text"]?.string?.hasPrefix("HIGH · ") == true)
      #expect(content["text"]?.string?.hasSuffix(message.text) == true)
      let switches = ["mrkdwn", "link_names", "unfurl_links", "unfurl_media"].map { content[$0] }
      #expect(switches == [false, false, false, false] && content["parse"] == "none")
    }
  }

  @Test func anUpdateEditsTheFirstMessageAndIsPostedInItsThread() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      let update = message.update(.incidentClosed, .closed, first: first).with {
        $0.text = "Closed by dba1.\n[Ref: REF-20261121-TWO]"
        $0.shortRef = "REF-20261121-TWO"
        $0.incident.resolutionSummary = "Log rotated."
      }
      let receipt = try await channel.send(update)
      #expect(fake.calls == ["chat.postMessage", "chat.update", "chat.postMessage"])
      #expect(receipt.externalId == "C0000000OPS:\(fake.messages[1].ts)")
      let state = fake.messages[0].content.texts.joined(separator: "\n")
      #expect(fake.messages[0].edits == 1 && state.contains("✅ CLOSED · ") && state.contains("Status: CLOSED"))
      #expect(state.contains("Log rotated.") && state.contains("call +1555 &lt;now&gt;"))
      #expect(state.contains("REF-20261121-ONE") && !state.contains("REF-20261121-TWO"))
      #expect(fake.messages[1].thread == fake.messages[0].ts && !fake.messages[1].isBroadcast)
      #expect(fake.messages[1].content["blocks"]?.array.map { $0["type"] } == ["section", "context"])
    }
  }

  @Test func tenChangesAreOneMessageAndTenLinesInItsThread() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      for _ in 1...10 { _ = try await channel.send(message.update(.statusChange, .monitoring, first: first)) }
      #expect(fake.messages.filter { $0.thread == nil }.count == 1)
      #expect(fake.messages.filter { $0.thread == fake.messages[0].ts }.count == 10)
      #expect(fake.messages[0].edits == 10)
    }
  }

  @Test func aLaterNotificationStandsInTheThreadForAllToSee() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      _ = try await channel.send(message.with { $0.first = first })
      #expect(fake.messages[1].thread == fake.messages[0].ts && fake.messages[1].isBroadcast)
      #expect(fake.messages[0].edits == 0)
    }
  }

  @Test func withoutAFirstMessageAnUpdateStandsAlone() async throws {
    try await with { fake, channel in
      _ = try await channel.send(message.update(.statusChange, .investigating))
      let byWebhook = OutboundMessage.Sent(externalId: message.communicationGuid, shortRef: "REF-20261121-ONE")
      _ = try await channel.send(message.update(.statusChange, .investigating, first: byWebhook))
      #expect(fake.messages.map(\.thread) == [nil, nil])
      #expect(fake.messages.map { $0.content["blocks"]?.array.count } == [5, 5])
    }
  }

  @Test func whenTheFirstMessageWasDeletedTheNewsStandsAlone() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      fake.delete(fake.messages[0].ts)
      _ = try await channel.send(message.update(.incidentClosed, .closed, first: first))
      _ = try await channel.send(message.with { $0.first = first })
      #expect(fake.messages.dropFirst().map(\.thread) == [nil, nil])
      #expect(fake.messages.map(\.channel) == ["C0000000OPS", "C0000000OPS", "C0000000OPS"])
    }
  }

  @Test func anEditThatIsForbiddenDoesNotKeepTheNewsBack() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      fake.script.add(.status(200, body: #"{"ok":false,"error":"edit_window_closed"}"#))
      _ = try await channel.send(message.update(.statusChange, .monitoring, first: first))
      #expect(fake.messages.map(\.thread) == [nil, fake.messages[0].ts])
    }
  }

  @Test func aRetryNeitherLosesNorDoublesTheNews() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      let update = message.update(.statusChange, .monitoring, first: first)
      fake.script.add(.status(429, headers: ["retry-after": "7"]))
      #expect(
        await channel.refusal(of: update) == .retryable("the receiver gets too many messages (429)", after: 7))
      fake.script.add(.status(200, body: #"{"ok":false,"error":"internal_error"}"#))
      #expect(await channel.refusal(of: update)?.isRetryable == true)
      #expect(fake.calls.filter { $0 == "chat.postMessage" }.count == 1 && fake.messages.count == 1)
      fake.script.add(
        .status(200, body: #"{"ok":true,"channel":"C0000000OPS","ts":"1795000000.000000"}"#),
        .status(200, headers: ["retry-after": "2"], body: #"{"ok":false,"error":"ratelimited"}"#))
      #expect(await channel.refusal(of: update) == .retryable("Slack cannot take it now (ratelimited)", after: 2))
      #expect(fake.messages.count == 1)
      _ = try await channel.send(update)
      #expect(fake.messages.map(\.edits) == [1, 0])
    }
  }

  @Test func anUpdateEndsWithinTwiceTheTimeOut() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      let slack = try Slack(
        settings: ["bot_token": FakeSlack.token, "default_target": "#ops", "base_url": receiver.url("/api/")],
        timeOuts: TimeOuts(connect: 3, total: 3))
      let first = sent(try await slack.send(message))
      fake.script.add(
        .after(0.9, .status(200, body: #"{"ok":true,"channel":"C0000000OPS","ts":"1795000000.000000"}"#)),
        .after(2.9, .status(200, body: #"{"ok":false,"error":"thread_not_found"}"#)), .hang)
      let start = ContinuousClock.now
      let update = message.update(.statusChange, .monitoring, first: first)
      #expect(await slack.refusal(of: update)?.isRetryable == true)
      #expect(ContinuousClock.now - start < .seconds(6.4))
      #expect(fake.calls.count == 4)
    }
  }

  @Test func aBundleIsShownPlainlyAndEditsNothing() async throws {
    try await with { fake, channel in
      let first = sent(try await channel.send(message))
      let bundle = message.update(.statusChange, .monitoring, first: first).with {
        $0.incidents = 12
        $0.subject = "12 incidents"
      }
      _ = try await channel.send(bundle)
      #expect(fake.messages[1].thread == nil && fake.messages[0].edits == 0)
      #expect(fake.messages[1].content["blocks"]?.array.map { $0["type"] } == ["header", "section", "context"])
      #expect(fake.messages[1].content["blocks"]?[0]?["text"]?["text"] == "🟠 12 incidents · REF-20261121-ABC")
    }
  }

  @Test func aProbeAsksWhoseTokenItIs() async throws {
    try await with { fake, channel in
      #expect(await channel.probe() == nil)
      fake.script.add(.status(200, body: #"{"ok":false,"error":"invalid_auth"}"#))
      #expect(await channel.probe() == "Slack refused it (invalid_auth)")
      #expect(fake.calls == ["auth.test", "auth.test"] && fake.messages.isEmpty)
    }
  }

  @Test(arguments: ["#old", "#nowhere", "C0123456789"])
  func aChannelThatIsNotThereIsForGood(target: String) async throws {
    try await with { fake, channel in
      let failure = try #require(await channel.refusal(of: .sample(to: target)))
      #expect(failure.isPermanent && failure.reason.contains(target == "#old" ? "is_archived" : "channel_not_found"))
      #expect(channel.destination(of: target) == target)
    }
  }
}
