import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// Text that calls people, links elsewhere, or is markup, in Slack's and in Discord's ways.
let mentions = [
  "<!channel> <!here|x> <!everyone>", "<@U012AB3CD> <#C0123|ops> <!subteam^S1>", "<https://evil.example|your bank>",
  "@everyone @here <@123456789012345678> <@&123456789012345678> <#123456789012345678>",
  "[your bank](https://evil.example) </cmd:1> <t:1:R> <:x:123456789012345678> <id:guide>",
  "*a* _b_ ~c~ `d` ```e``` > q\n> q\n# h\n-# s\n- l\n+ l\n||spoiler|| &lt;!channel&gt; \\<@1>",
  // Each sign hides in a letter with an accent.
  "<\u{338}!channel>\u{338} <\u{301}@U012AB3CD> @\u{301}everyone *\u{301}a*\u{301}",
]

/// All hostile texts there are, with one of 64 KiB each of letters, signs that grow when they are encoded, and emoji.
let allHostileTexts =
  hostileTexts + mentions + Hostile.allCases.map(\.rawValue) + [
    longLine, String(repeating: "<&>\"\\*_@\n", count: 7281), String(repeating: "🔥", count: 16_384),
    String(repeating: "e\u{301}", count: 21_845), "x" + String(repeating: "\u{301}", count: 32_767),
    String(repeating: "\u{1}", count: 65_536), String(repeating: "https://a.example/b_c ", count: 2978),
  ]

extension OutboundMessage {
  /// With everything that people can write filled with `text`, as far as it goes in there.
  static func hostile(_ text: String, to target: String, _ kind: Kind = .notification) -> OutboundMessage {
    var message = OutboundMessage.sample(to: target, kind, subject: text, text: text)
    let line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(255)))
    message.subject = line
    message.incident.title = line
    message.incident.package = String(String.UnicodeScalarView(text.unicodeScalars.prefix(100)))
    message.incident.description = text
    message.incident.assignedTo = line
    message.incident.acknowledgedBy = line
    message.incident.closedBy = line
    message.incident.resolutionSummary = text
    message.incident.rootCause = text
    return message
  }

  /// As an update about `event`, of an incident that has `status` by now.
  func update(_ event: EventType, _ status: Status, first: Sent? = nil) -> OutboundMessage {
    var message = self
    message.kind = .update
    message.event = event
    message.incident.status = status
    message.first = first
    return message
  }

  func with(_ change: (inout OutboundMessage) -> Void) -> OutboundMessage {
    var message = self
    change(&message)
    return message
  }
}

extension HTTPReceiver {
  /// A server that answers with the status that its path begins with: `/404/…`. Below 200 no other answer comes after it.
  ///
  /// - Parameter send: sends a message to the server at this address and says how it was refused.
  /// - Returns: the statuses that were taken for proof.
  static func sweep(body: String, _ send: (String) async throws -> SendFailure?) async throws -> [Int] {
    var accepted: [Int] = []
    try await with { request in
      guard let status = request.uri.split(separator: "/").first.flatMap({ Int($0) }) else { return nil }
      return status < 200 ? .junk("HTTP/1.1 \(status) Early\r\n\r\n") : .status(status, body: body)
    } _: { receiver in
      for status in 100...599 {
        let failure = try await send(receiver.url("/\(status)"))
        let isPermanent = (300...499).contains(status) && ![408, 429].contains(status)
        #expect(failure == nil || failure?.isPermanent == isPermanent, "\(status)")
        #expect(failure?.reason.contains("hunter2") != true)
        if failure == nil { accepted.append(status) }
      }
    }
    return accepted
  }
}
