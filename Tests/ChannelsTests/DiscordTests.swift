import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct DiscordTests {
  private func with(_ body: (FakeDiscord, Discord, HTTPReceiver) async throws -> Void) async throws {
    let fake = FakeDiscord()
    try await fake.serve { receiver in
      try await body(fake, Discord(settings: ["webhook_url": receiver.url(FakeDiscord.path())]), receiver)
    }
  }

  private func message(_ channel: Discord) -> OutboundMessage { .sample(to: channel.defaultTarget ?? "") }

  private func sent(_ receipt: Receipt) -> OutboundMessage.Sent {
    OutboundMessage.Sent(externalId: receipt.externalId, shortRef: "REF-20261121-ONE", text: "call *now*")
  }

  @Test func aMessageIsPostedWithAnEmbed() async throws {
    try await with { fake, channel, _ in
      let receipt = try await channel.send(message(channel))
      #expect(receipt.externalId == fake.messages.first?.id)
      #expect(receipt.metadata == ["channel_id": "199737254929760256"])
      let content = try #require(fake.messages.first?.content)
      #expect(content["allowed_mentions"] == ["parse": .array([])])
      let line = content["content"]?.string
      #expect(line?.hasPrefix("HIGH · ") == true && line?.hasSuffix(" · STORAGE · REF-20261121-ABC") == true)
      let embed = content["embeds"]?[0]
      #expect(embed?["color"] == 0xF5_7C00 && embed?["url"]?.string == message(channel).incidentURL)
      #expect(embed?["footer"]?["text"] == "Ref: REF-20261121-ABC")
      #expect(embed?["description"] == "The disk is full.\n\\[Ref: REF-20261121-ABC\\]")
      #expect(embed?["fields"]?.array.map { $0["value"] } == ["HIGH", "CREATED", "STORAGE"])
    }
  }

  @Test func anUpdateEditsTheFirstMessageAndTellsTheNews() async throws {
    try await with { fake, channel, _ in
      let first = sent(try await channel.send(message(channel)))
      let update = message(channel).update(.incidentClosed, .closed, first: first).with {
        $0.text = "Closed.\n[Ref: REF-20261121-TWO]"
        $0.shortRef = "REF-20261121-TWO"
      }
      let receipt = try await channel.send(update)
      #expect(fake.methods == ["POST", "PATCH", "POST"])
      #expect(receipt.externalId == fake.messages[1].id)
      let state = fake.messages[0].content
      #expect(state["content"]?.string?.hasPrefix("CLOSED · ") == true && state["embeds"]?[0]?["color"] == 0x38_8E3C)
      #expect(state["embeds"]?[0]?["description"] == "call \\*now\\*")
      #expect(state["embeds"]?[0]?["footer"]?["text"] == "Ref: REF-20261121-ONE")
      #expect(fake.messages[1].content["content"] == "Closed.\n\\[Ref: REF-20261121-TWO\\]")
      #expect(fake.messages[1].content["embeds"] == nil)
    }
  }

  @Test func aThreadTakesTheMessagesAndTheEdits() async throws {
    try await with { fake, channel, _ in
      let message = OutboundMessage.sample(to: FakeDiscord.thread)
      let first = sent(try await channel.send(message))
      _ = try await channel.send(message.update(.statusChange, .investigating, first: first))
      #expect(fake.messages.map(\.thread) == [FakeDiscord.thread, FakeDiscord.thread])
      #expect(fake.messages[0].edits == 1)
      #expect(await channel.refusal(of: .sample(to: "999"))?.isPermanent == true)
    }
  }

  @Test func anotherWebhookIsTakenFromTheSamePlaceOrFromDiscord() async throws {
    try await with { fake, channel, receiver in
      _ = try await channel.send(.sample(to: receiver.url(FakeDiscord.path("222222222222222222"))))
      #expect(fake.messages.map(\.webhook) == ["222222222222222222"])
      let path = "/api/webhooks/222222222222222222/hunter2"
      for host in ["https://discord.com", "https://discordapp.com", receiver.url("")] {
        #expect(channel.fault(inTarget: host + path) == nil)
        #expect(!channel.shown(host + path).contains("2222") && channel.shown(host + path).hasPrefix(host))
        #expect(channel.destination(of: host + path) == "222222222222222222")
      }
      for host in [
        "http://discord.com", "https://discord.com.evil.example", "https://evil.example", "https://discord.com:8443",
        "http://127.0.0.1:1", "https://discord.com@evil.example",
      ] {
        let fault = try #require(channel.fault(inTarget: host + path))
        #expect(!fault.contains("hunter2"))
        #expect(await channel.refusal(of: .sample(to: host + path))?.isPermanent == true)
      }
      #expect(channel.destination(of: FakeDiscord.thread) == "111111111111111111")
      #expect(fake.messages.count == 1)
    }
  }

  @Test func whenTheFirstMessageWasDeletedTheNewsStandsAlone() async throws {
    try await with { fake, channel, _ in
      let first = sent(try await channel.send(message(channel)))
      fake.delete(first.externalId)
      _ = try await channel.send(message(channel).update(.incidentClosed, .closed, first: first))
      #expect(fake.messages.last?.content["embeds"]?.array.count == 1)
    }
  }

  @Test func aWebhookThatIsGoneIsNotTriedASecondTime() async throws {
    try await with { fake, channel, receiver in
      let gone = OutboundMessage.sample(to: receiver.url("/api/webhooks/999999999999999999/x"))
      let first = OutboundMessage.Sent(externalId: "444444444444444400", shortRef: "REF-20261121-ONE")
      #expect(await channel.refusal(of: gone.update(.statusChange, .monitoring, first: first))?.isPermanent == true)
      #expect(fake.methods == ["PATCH"])
    }
  }

  @Test func aRetryNeitherLosesNorDoublesTheNews() async throws {
    try await with { fake, channel, _ in
      let first = sent(try await channel.send(message(channel)))
      let update = message(channel).update(.statusChange, .monitoring, first: first)
      fake.script.add(.status(500))
      #expect(await channel.refusal(of: update)?.isRetryable == true)
      #expect(fake.messages.count == 1)
      _ = try await channel.send(update)
      #expect(fake.messages.map(\.edits) == [1, 0])
    }
  }

  @Test func aBundleIsShownPlainlyAndEditsNothing() async throws {
    try await with { fake, channel, _ in
      let first = sent(try await channel.send(message(channel)))
      _ = try await channel.send(
        message(channel).update(.statusChange, .monitoring, first: first).with {
          $0.incidents = 12
          $0.subject = "12 incidents"
        })
      #expect(fake.methods == ["POST", "POST"])
      let content = fake.messages[1].content
      #expect(content["content"] == "12 incidents · REF-20261121-ABC")
      #expect(content["embeds"]?[0]?["fields"] == nil && content["embeds"]?[0]?["title"] == nil)
    }
  }

  @Test func aProbeReadsTheWebhook() async throws {
    try await with { fake, channel, receiver in
      #expect(await channel.probe() == nil)
      fake.script.add(.status(404), .status(200, body: #"{"id":"1"}"#), .status(200, body: "<html>"))
      for _ in 1...3 { #expect(await channel.probe() != nil) }
      #expect(fake.methods == ["GET", "GET", "GET", "GET"] && fake.messages.isEmpty)
    }
  }
}
