import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// One message that tells of many incidents: what a channel says it takes whole arrives with every reference.
@Suite struct BundleTests {
  /// Titles that grow when they are encoded, or count differently.
  private static let titles =
    [
      "*_~`|[]<>#@\\", "&<>", "🔥", "e\u{301}", "\u{202E}\u{1B}", "€[]{}^", "Ж", "https://a.example/b_c ", "a \t ",
      "word ",
    ].map { String(repeating: $0, count: 80) }
    + Hostile.allCases.map { $0.rawValue.split(whereSeparator: \.isNewline).joined(separator: " ") }

  private static func ref(_ number: Int) -> String { "REF-20261121-A\(String(100 + number).dropFirst())" }

  private static func bundle(_ count: Int, _ title: String, to target: String) -> OutboundMessage {
    let lines = (1...count).map { "HIGH \(title.prefix(80)) (STORAGE) \(ref($0))" }
    let heading = "\(count) incidents: \(count) HIGH"
    var message = OutboundMessage.sample(
      to: target, subject: "[HIGH] \(heading) [Ref: \(ref(1))]",
      text: "\(heading)\n\(lines.joined(separator: "\n"))\n[Ref: \(ref(1))]")
    (message.shortRef, message.incidents) = (ref(1), count)
    return message
  }

  /// Sends the largest bundle that fits, for each title, and looks for its references in what has arrived.
  private func check(
    _ channel: some Channel, to target: String, _ arrived: () throws -> String?
  ) async throws {
    var counts: [Int] = []
    for title in Self.titles {
      let largest = (1...50).prefix { channel.fits(Self.bundle($0, title, to: target).text) }.last
      let count = try #require(largest, "\(title)")
      _ = try await channel.send(Self.bundle(count, title, to: target))
      let text = try #require(try arrived())
      for number in 1...count { #expect(text.contains(Self.ref(number)), "\(number) of \(count): \(title)") }
      counts.append(count)
    }
    #expect(counts.contains { $0 < 50 } == (type(of: channel).about.textLimit != nil), "\(counts)")
    #expect(Set(counts).count > 1 || counts.allSatisfy { $0 == 50 })
  }

  @Test func slackTakesThemAsABot() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      let slack = try Slack(settings: [
        "bot_token": FakeSlack.token, "default_target": "#ops", "base_url": receiver.url("/api"),
      ])
      try await check(slack, to: "#ops") { fake.messages.last?.content["blocks"]?[1]?["text"]?["text"]?.string }
    }
  }

  @Test func slackTakesThemByWebhook() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      let slack = try Slack(settings: ["webhook_url": receiver.url(FakeSlack.webhookPath)])
      try await check(slack, to: "webhook") { fake.messages.last?.content["blocks"]?[1]?["text"]?["text"]?.string }
    }
  }

  @Test func discordTakesThem() async throws {
    let fake = FakeDiscord()
    try await fake.serve { receiver in
      let url = receiver.url(FakeDiscord.path())
      try await check(Discord(settings: ["webhook_url": url]), to: url) {
        fake.messages.last?.content["embeds"]?[0]?["description"]?.string
      }
    }
  }

  @Test func textMessagesTakeThem() async throws {
    try await FakeTwilio.with { twilio, _, settings in
      try await check(SMS(settings: settings), to: "+15550123456") { twilio.messages.last?.fields["Body"] }
      try await check(WhatsApp(settings: settings), to: "+15550123456") { twilio.messages.last?.fields["Body"] }
    }
  }

  @Test func aTemplateTakesThem() async throws {
    try await FakeTwilio.with(["content_sid": "HX00112233445566778899aabbccddeeff"]) { twilio, _, settings in
      try await check(WhatsApp(settings: settings), to: "+15550123456") {
        let variables = twilio.messages.last?.fields["ContentVariables"].flatMap { JSONValue(Data($0.utf8)) }
        return variables?["1"]?.string
      }
    }
  }

  @Test func desktopsTakeThem() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        try await check(DBus(settings: bus.settings), to: "desktop") { try daemon.notifications.last?.body }
      }
    }
  }

  @Test func aMailTakesAnyText() throws {
    let email = try Email(settings: ["url": "smtp://127.0.0.1:1", "from": "a@example.com"])
    #expect(email.fits(String(repeating: longLine, count: 50)))
  }
}
