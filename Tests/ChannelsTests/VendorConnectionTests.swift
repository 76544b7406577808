import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What holds for the channels that speak to one vendor by HTTP, here with a base address of our own.
@Suite struct VendorConnectionTests {
  private static let quick = TimeOuts(connect: 1, total: 1)
  private static let secret = "R0123456789abcdefghijABCDEFGHIJ1"

  /// All of them, in every way in which they can be set up, to send to `server`.
  private func channels(_ server: String, _ more: [String: String] = [:]) throws -> [any Channel] {
    func with(_ settings: [String: String]) -> [String: String] { settings.merging(more) { $1 } }
    return [
      try PagerDuty(settings: with(["routing_key": Self.secret, "base_url": server]), timeOuts: Self.quick),
      try Slack(
        settings: with(["bot_token": "xoxb-\(Self.secret)", "default_target": "#ops", "base_url": server]),
        timeOuts: Self.quick),
      try Slack(settings: with(["webhook_url": "\(server)/\(Self.secret)"]), timeOuts: Self.quick),
      try Discord(
        settings: with(["webhook_url": "\(server)/api/webhooks/1/\(Self.secret)"]), timeOuts: Self.quick),
    ]
  }

  private func refusal(_ channel: any Channel) async -> SendFailure? {
    await channel.refusal(of: .sample(to: channel.defaultTarget ?? ""))
  }

  @Test func onlyAServerOfTheTrustedCAGetsTheMessage() async throws {
    let (certificates, other) = (try TestCertificates(), try TestCertificates())
    try await HTTPSServer.with(certificates) { port in
      let server = "https://127.0.0.1:\(port)"
      for channel in try channels(server, ["ca_file": certificates.authority]) {
        #expect(await refusal(channel)?.reason.contains("204") == true)
      }
      for channel in try channels(server, ["ca_file": other.authority]) + channels(server) {
        #expect(await refusal(channel) == .retryable("127.0.0.1: its certificate is not trusted"))
        #expect(await channel.probe() == "127.0.0.1: its certificate is not trusted")
      }
    }
  }

  @Test(arguments: [
    ("hang", HTTPReceiver.Answer.hang), ("close", .close), ("junk", .junk("SSH-2.0-OpenSSH_9.2\r\n")),
    ("stall", .stall(200, bytes: 5)), ("half", .junk("HTTP/1.1 202 OK\r\ncontent-")),
  ])
  func withoutAWholeAnswerItIsTriedAgain(name: String, answer: HTTPReceiver.Answer) async throws {
    try await HTTPReceiver.with { _ in
      answer
    } _: { receiver in
      for channel in try channels(receiver.url("")) {
        let start = ContinuousClock.now
        let failure = try #require(await refusal(channel))
        #expect(failure.isRetryable && !failure.reason.contains(Self.secret), "\(name)")
        #expect(ContinuousClock.now - start < .seconds(8))
      }
    }
  }

  @Test func aRedirectIsNotFollowed() async throws {
    try await HTTPReceiver.with { request in
      request.uri.hasPrefix("/elsewhere") ? nil : .status(307, headers: ["location": "/elsewhere"])
    } _: { receiver in
      for channel in try channels(receiver.url("")) { #expect(await refusal(channel)?.isPermanent == true) }
    }
  }

  @Test func anEditThatHangsLeavesTimeWithinTheLease() async throws {
    try await HTTPReceiver.with { _ in
      .hang
    } _: { receiver in
      let (url, patient) = (receiver.url(""), TimeOuts(connect: 1, total: 9))
      let slack = try Slack(
        settings: ["bot_token": "xoxb-\(Self.secret)", "default_target": "#ops", "base_url": url], timeOuts: patient)
      let discord = try Discord(settings: ["webhook_url": "\(url)/webhooks/1/x"], timeOuts: patient)
      for (channel, id) in [(slack as any Channel, "C1:1.1"), (discord, "1")] {
        let first = OutboundMessage.Sent(externalId: id, shortRef: "REF-20261121-ONE")
        let update = OutboundMessage.sample(to: channel.defaultTarget ?? "")
          .update(.statusChange, .monitoring, first: first)
        let start = ContinuousClock.now
        #expect(await channel.refusal(of: update)?.isRetryable == true)
        #expect(ContinuousClock.now - start < .seconds(7))
      }
    }
  }
}
