import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct DiscordContentTests {
  private func judge(_ messages: [JSONValue]) throws {
    _ = try PythonVenv.run("judge_embeds.py", input: Data(JSON.encode(messages).utf8))
  }

  private func all(_ message: OutboundMessage) -> [JSONValue] {
    let first = OutboundMessage.Sent(externalId: "1", shortRef: "REF-20261121-ONE", text: message.text)
    return [
      DiscordMessage.content(message, isChange: false), DiscordMessage.content(message, isChange: true),
      DiscordMessage.content(message.with { $0.incidents = 3 }, isChange: false),
      DiscordMessage.state(message.update(.incidentClosed, .closed), first),
    ]
  }

  @Test func aDiscordLibraryTakesEveryMessage() throws {
    let messages = [OutboundMessage.sample(to: "1"), .sample(to: "1", .test, url: nil)]
    try judge((messages + allHostileTexts.map { .hostile($0, to: "1") }).flatMap(all))
  }

  @Test func theLibraryRefusesWhatIsTooLong() {
    let embed: JSONValue = ["title": .string(String(repeating: "x", count: 257)), "timestamp": "2026-11-21T00:00:00Z"]
    let message: JSONValue = ["content": "", "allowed_mentions": ["parse": .array([])], "embeds": .array([embed])]
    #expect(throws: PeerFault.self) { try judge([message]) }
  }

  @Test func nothingInATextCallsAnybodyOrIsMarkup() async throws {
    let fake = FakeDiscord()
    try await fake.serve { receiver in
      let url = receiver.url(FakeDiscord.path())
      let channel = try Discord(settings: ["webhook_url": url])
      for text in allHostileTexts {
        let receipt = try await channel.send(.hostile(text, to: url))
        let first = OutboundMessage.Sent(externalId: receipt.externalId, shortRef: text, text: text)
        _ = try await channel.send(.hostile(text, to: url).update(.statusChange, .closed, first: first))
      }
      #expect(fake.messages.count == 2 * allHostileTexts.count)
      #expect(fake.messages.allSatisfy { $0.pings.isEmpty })
    }
    for text in fake.messages.flatMap(\.content.texts) {
      #expect(!text.contains(/@(everyone|here|[!&]?[0-9])/.matchingSemantics(.unicodeScalar)))
      #expect(!text.contains(/(^|[^\\])<[@#:t\/ai]/.matchingSemantics(.unicodeScalar)))
      #expect(!text.unicodeScalars.contains { Unseen.contains($0) && $0 != "\n" && $0 != "\t" })
    }
  }

  @Test(arguments: [
    ("*a*", "\\*a\\*"), ("- a\n- b\n-# c", "\\- a\n\\- b\n\\-\\# c"), ("REF-1 - x", "REF-1 - x"),
    ("@everyone", "@\u{200B}everyone"), ("<@123>", "\\<@\u{200B}123\\>"), ("[a](b)", "\\[a\\](b)"), ("\\", "\\\\"),
    ("see https://a.example/b_c_d?e=f-g#h now_or", "see https://a.example/b_c_d?e=f-g#h now\\_or"),
    ("https://a.example/*b*", "https://a.example/\\*b\\*"), ("  + a", "  \\+ a"), ("a + b", "a + b"),
    ("*\u{301}a", "\\*\u{301}a"), ("x\n\n> q", "x\n\n\\> q"),
  ])
  func markupLosesItsMeaning(text: String, escaped: String) {
    #expect(Array(Markup.discord.fitted(text, TextLimit(100, .utf16)).utf8) == Array(escaped.utf8))
  }

  @Test(arguments: [1999, 2000, 2001])
  func onlyANewsBeyondTheLimitIsCutAndKeepsItsReference(length: Int) {
    let text = String(repeating: "x", count: length)
    let sent = DiscordMessage.content(.sample(to: "1", text: text), isChange: true)["content"]?.string
    #expect(sent?.utf16.count == min(length, 2000))
    #expect((sent == text) == (length <= 2000))
    #expect(length <= 2000 || sent?.hasSuffix("…\n\\[Ref: REF-20261121-ABC\\]") == true)
  }

  @Test(arguments: [4095, 4096, 4097])
  func onlyATextBeyondTheLimitIsCut(length: Int) {
    let text = String(repeating: "x", count: length)
    let embed = DiscordMessage.content(.sample(to: "1", text: text), isChange: false)["embeds"]?[0]
    #expect(embed?["description"]?.string?.utf16.count == min(length, 4096))
    #expect((embed?["description"]?.string == text) == (length <= 4096))
    #expect(embed?["title"]?.string?.utf16.count == 256)
  }

  @Test func noEscapeIsTornApart() {
    for count in 0...3 {
      let text = String(repeating: "x", count: count) + String(repeating: "*", count: 4000)
      let sent = Markup.discord.fitted(text, TextLimit(2000, .utf16))
      #expect(sent.utf16.count <= 2000 && !sent.replacing("\\*", with: "").contains(/[*\\]/))
    }
  }
}
