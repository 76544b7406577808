import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What holds for every channel in the list, whoever is on the other side.
@Suite struct ConformanceTests {
  @Test func everyChannelHasACase() {
    #expect(Set(ChannelCase.all.map(\.name)) == Set(Channels.all.map { $0.about.name }))
  }

  @Test(
    "A bad peer ends a message in time, takes no memory, and is never quoted or believed", arguments: ChannelCase.all)
  func badPeersDoNoHarm(of channel: ChannelCase) async throws {
    for peer in BadPeer.allCases {
      try await peer.with(channel.speech) { port in
        let sender = try channel.channel(port: port, isEncrypted: peer == .wrongCertificate)
        var attempt = await Attempt.of(sender)
        // A machine that is busy with other tests may take its time, and memory for them; not every time.
        for _ in 0..<4 where !attempt.isQuick || attempt.growth > Attempt.mostGrowth {
          attempt = await Attempt.of(sender)
        }
        #expect(attempt.isQuick, "\(peer): \(attempt.seconds) s")
        #expect(attempt.growth <= Attempt.mostGrowth, "\(peer): \(attempt.growth >> 20) MiB")
        if let fault = channel.fault(attempt.failure, peer) { Issue.record("\(channel.name), \(peer): \(fault)") }
        channel.expectNoSecret([attempt.failure?.reason], "\(peer)")
      }
    }
  }

  @Test("Only the vendor's own proof is a receipt, and only some refusals are tried again", arguments: ChannelCase.http)
  func everyStatusMeansWhatItSays(of channel: ChannelCase) async throws {
    let next = Collected<(status: Int, isEmpty: Bool)>()
    try await HTTPReceiver.with { request in
      guard let turn = next.all.last, case .status(_, let headers, let body) = channel.answer(request) else {
        return nil
      }
      return .status(turn.status, headers: turn.isEmpty ? [:] : headers, body: turn.isEmpty ? "" : body)
    } _: { receiver in
      let sender = try channel.make(channel.settings(receiver.port, false), TimeOuts(connect: 1, total: 5))
      let message = try OutboundMessage.sample(to: #require(sender.defaultTarget))
      for status in 200...599 {
        for isEmpty in [false, true] {
          next.add((status, isEmpty))
          let failure = await sender.refusal(of: message)
          let isProof = channel.proof.contains(status) && (channel.isStatusEnough || !isEmpty)
          #expect((failure == nil) == isProof, "\(status), \(isEmpty ? "empty" : "good") body")
          if let failure, !(200...299).contains(status) {
            let isRetryable = [408, 429].contains(status) || status >= 500
            #expect(failure.isRetryable == isRetryable, "\(status): \(failure)")
          }
          channel.expectNoSecret([failure?.reason], "\(status)")
        }
      }
    }
  }

  @Test("A 1xx is no answer", arguments: ChannelCase.http)
  func anInformationIsNoProof(of channel: ChannelCase) async throws {
    for status in [100, 101, 102, 103, 150, 199] {
      try await BadPeer.saying("HTTP/1.1 \(status) Early\r\n\r\n") { port in
        let attempt = await Attempt.of(try channel.channel(port: port))
        #expect(attempt.failure?.isRetryable == true, "\(status)")
      }
    }
  }

  @Test("A vendor's Retry-After is obeyed to the second, and junk in it is not", arguments: ChannelCase.http)
  func retryAfterIsObeyed(of channel: ChannelCase) async throws {
    let soon = InternetDate.formatted(Date().addingTimeInterval(600))
    let values: [(String, ClosedRange<Double>?)] = [
      ("1", 1...1), ("30", 30...30), (soon, 540...600), ("-5", nil), ("junk", nil), ("", nil), ("1.5.2", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT", nil),
    ]
    for status in [429, 503] {
      for (value, range) in values {
        try await HTTPReceiver.with { _ in
          .status(status, headers: ["retry-after": value])
        } _: { receiver in
          let sender = try channel.channel(port: receiver.port)
          let failure = await sender.refusal(of: .sample(to: sender.defaultTarget ?? ""))
          guard case .retryable(_, let after) = failure else {
            Issue.record("\(status), \(value): \(String(describing: failure))")
            return
          }
          let isObeyed = if let range { after.map(range.contains) ?? false } else { after == nil }
          #expect(isObeyed, "\(status), \(value): \(String(describing: after))")
        }
      }
    }
  }

  @Test(
    "A text as long as the limit arrives whole; a longer one is cut and keeps its reference", arguments: ChannelCase.all
  )
  func textsAreCutAtTheLimitOnly(of channel: ChannelCase) async throws {
    try await channel.good { peer in
      let sender = try channel.make(peer.settings, TimeOuts())
      for text in channel.longTexts {
        let before = try await peer.arrivals().count
        let message = OutboundMessage.sample(to: sender.defaultTarget ?? "", text: text)
        let failure = await sender.refusal(of: message)
        #expect(failure == nil, "\(text.utf8.count) bytes")
        let arrived = try await peer.arrivals().dropFirst(before).map(\.text).joined()
        let fits = channel.type.about.textLimit.map { $0.length(of: text) + channel.escapes <= $0.count } ?? true
        #expect(arrived.contains(message.shortRef), "\(text.utf8.count) bytes")
        if channel.keepsText {
          // Mail ends its lines in its own way.
          let isWhole = arrived.replacing("\r\n", with: "\n").contains(text)
          #expect(isWhole == fits, "\(text.utf8.count) bytes")
        }
      }
    }
  }

  @Test("Hostile text arrives, and does nothing", arguments: ChannelCase.all)
  func hostileTextDoesNothing(of channel: ChannelCase) async throws {
    try await channel.good { peer in
      let sender = try channel.make(peer.settings, TimeOuts())
      let texts = hostileTexts + Hostile.allCases.map(\.rawValue) + liveTexts
      for text in texts {
        let whole = text + "\n[Ref: REF-20261121-ABC]"
        var message = OutboundMessage.sample(to: sender.defaultTarget ?? "", subject: text, text: whole)
        message.incident.assignedTo = text
        let failure = await sender.refusal(of: message)
        #expect(failure == nil, "\(text.debugDescription)")
      }
      let arrivals = try await peer.arrivals()
      #expect(arrivals.count >= texts.count)
      for arrival in arrivals { #expect(arrival.live.isEmpty, "\(arrival.text.debugDescription)") }
      #expect(arrivals.allSatisfy { $0.text.contains("REF-20261121-ABC") })
    }
  }

  @Test("No secret is in a description, a dump, a probe or what is shown of a target", arguments: ChannelCase.all)
  func secretsStaySecret(of channel: ChannelCase) async throws {
    for peer in [BadPeer.refused, .html, .junk, .wrongCertificate, .silent] {
      try await peer.with(channel.speech) { port in
        let sender = try channel.channel(port: port, isEncrypted: peer == .wrongCertificate)
        var text = "\(sender) " + String(reflecting: sender)
        dump(sender, to: &text)
        let target = sender.defaultTarget ?? ""
        let probed = await sender.probe()
        channel.expectNoSecret(
          [text, probed, sender.shown(target), sender.destination(of: target), sender.fault(inTarget: target)],
          "\(peer)")
        #expect(sender.destination(of: target).count <= 255)
      }
    }
  }
}

/// Text that would do something in one vendor's markup or another's.
private let liveTexts = [
  "<!channel> <!here|here> <!everyone> <@U024BE7LH> <#C024BE7LR> <https://evil.example|our bank>", "@everyone @here",
  "<@&165511591545143296> <@!80351110224678912>", "[our bank](https://evil.example) ![x](https://evil.example/x.png)",
  "tocsin/+/# $SYS/broker", "<a href=\"https://evil.example\">our bank</a><img src=\"https://evil.example/x.png\">",
  "\u{202E}txet desrever\u{202C} \u{2066}isolated\u{2069} \u{200F}", "%0d%0aBcc: thief@example.com",
  "&lt;!channel&gt;", "{\"text\":\"<!channel>\"}\",\"parse\":\"full",
]

extension InternetDate {
  /// As HTTP writes it.
  fileprivate static func formatted(_ date: Date) -> String { mail(date).replacing("+0000", with: "GMT") }
}
