import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct SlackContentTests {
  private func judge(_ messages: [[JSONValue]]) throws {
    _ = try PythonVenv.run("judge_blocks.py", input: Data(JSON.encode(messages).utf8))
  }

  private func all(_ message: OutboundMessage) -> [Metadata] {
    let first = OutboundMessage.Sent(externalId: "C1:1.1", shortRef: "REF-20261121-ONE", text: message.text)
    let bundle = message.with { $0.incidents = 3 }
    let closed = message.update(.incidentClosed, .closed)
    return [
      SlackBlocks.content(message, isReply: false), SlackBlocks.content(closed, isReply: true),
      SlackBlocks.content(bundle, isReply: false),
      [
        "text": .string(SlackBlocks.stateText(closed, first)), "blocks": .array(SlackBlocks.state(closed, first)),
      ],
    ]
  }

  @Test func slacksOwnLibraryTakesEveryMessage() throws {
    let messages =
      ([OutboundMessage.sample(to: "#ops"), .sample(to: "#ops", .test, url: nil)]
      + allHostileTexts.map { .hostile($0, to: "#ops") }).flatMap(all)
    try judge(messages.map { $0["blocks"]?.array ?? [] })
  }

  @Test func slacksOwnLibraryRefusesWhatIsTooLong() {
    let long = SlackBlocks.content(.sample(to: "#ops"), isReply: false)["blocks"]?.array.map { block in
      guard var section = block.object, var text = section["text"]?.object else { return block }
      text["text"] = .string(String(repeating: "x", count: 3001))
      section["text"] = .object(text)
      return .object(section)
    }
    #expect(throws: PeerFault.self) { try judge([long ?? []]) }
  }

  @Test func nothingInATextCallsAnybodyOrLinksAnywhere() async throws {
    let fake = FakeSlack()
    try await fake.serve { receiver in
      let settings = [
        "bot_token": FakeSlack.token, "default_target": "#ops", "base_url": receiver.url("/api"),
      ]
      let channel = try Slack(settings: settings)
      for text in allHostileTexts {
        let receipt = try await channel.send(.hostile(text, to: "#ops"))
        let first = OutboundMessage.Sent(externalId: receipt.externalId, shortRef: text, text: text)
        _ = try await channel.send(.hostile(text, to: "#ops").update(.statusChange, .closed, first: first))
      }
      #expect(fake.messages.count == 2 * allHostileTexts.count)
    }
    for content in fake.messages.map(\.content) {
      for text in content.texts {
        #expect(!text.unicodeScalars.contains("<") && !text.unicodeScalars.contains(">"))
        #expect(!text.unicodeScalars.contains { Unseen.contains($0) && $0 != "\n" && $0 != "\t" })
        #expect(Self.bareAmpersand(text) == false)
      }
      for block in content["blocks"]?.array ?? [] { #expect(!block.texts.contains("mrkdwn")) }
    }
  }

  /// By scalars: an accent after an entity belongs to no letter.
  private static func bareAmpersand(_ text: String) -> Bool {
    text.contains(/&(?!(amp|lt|gt);)/.matchingSemantics(.unicodeScalar))
  }

  @Test(arguments: [2999, 3000, 3001])
  func onlyATextBeyondTheLimitIsCutAndKeepsItsReference(length: Int) {
    let text = String(repeating: "x", count: length)
    let sent = SlackBlocks.content(.sample(to: "#ops", text: text), isReply: true)["blocks"]?[2]?["text"]?["text"]
    #expect(sent?.string?.utf16.count == min(length, 3000))
    #expect((sent?.string == text) == (length <= 3000))
    #expect(length <= 3000 || sent?.string?.hasSuffix("…\n[Ref: REF-20261121-ABC]") == true)
  }

  @Test func noEntityIsTornApart() {
    for count in 0...6 {
      let text = String(repeating: "x", count: count) + String(repeating: "&", count: 4000)
      let sent = Markup.slack.fitted(text, TextLimit(3000, .utf16))
      #expect(sent.utf16.count <= 3000 && sent.utf16.count > 2990)
      #expect(!sent.replacing("&amp;", with: "").contains("&"))
    }
  }
}
