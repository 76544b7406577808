import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct TwilioFindTests {
  private let target = "+15550123456"

  private func message(_ ref: String) -> OutboundMessage {
    var message = OutboundMessage.sample(to: target, text: "Disk full\n[Ref: \(ref)]")
    message.shortRef = ref
    return message
  }

  @Test func aMessageThatTwilioHasIsFoundByItsReference() async throws {
    try await FakeTwilio.with { twilio, receiver, settings in
      let sms = try SMS(settings: settings)
      let receipt = try await sms.send(message("REF-20261121-ABC"))
      #expect(try await sms.find(message("REF-20261121-ABC"))?.externalId == receipt.externalId)
      for other in ["REF-20261121-ABD", "REF-20261121-AB", "REF-20261121-ABCD"] {
        #expect(try await sms.find(message(other)) == nil)
      }
      let list = try #require(receiver.requests.first { $0.method == "GET" })
      #expect(list.uri.hasSuffix("/Messages.json?To=%2B15550123456&DateSent%3E=2026-11-20&PageSize=50"))
      #expect(twilio.messages.count == 1)
    }
  }

  @Test func aLongerReferenceIsNotTheShorterOne() async throws {
    try await FakeTwilio.with { _, _, settings in
      let sms = try SMS(settings: settings)
      _ = try await sms.send(message("REF-20261121-ABCD"))
      #expect(try await sms.find(message("REF-20261121-ABC")) == nil)
    }
  }

  @Test func itIsFoundOnALaterPage() async throws {
    try await FakeTwilio.with { twilio, receiver, settings in
      let sms = try SMS(settings: settings)
      let first = try await sms.send(message("REF-20261121-ABC"))
      for n in 0..<120 { _ = try await sms.send(message("REF-20261121-X\(n)")) }
      #expect(try await sms.find(message("REF-20261121-ABC"))?.externalId == first.externalId)
      #expect(receiver.requests.count { $0.method == "GET" } == 3)
    }
  }

  @Test func whatTwilioGaveUpIsNotFoundSoThatItGoesAgain() async throws {
    try await FakeTwilio.with { twilio, _, settings in
      let sms = try SMS(settings: settings)
      let receipt = try await sms.send(message("REF-20261121-ABC"))
      twilio.set(receipt.externalId, "undelivered")
      #expect(try await sms.find(message("REF-20261121-ABC")) == nil)
    }
  }

  @Test func aWhatsAppMessageThatWentByATemplateIsFound() async throws {
    let more = ["content_sid": "HX00112233445566778899aabbccddeeff"]
    try await FakeTwilio.with(more) { _, receiver, settings in
      let whatsApp = try WhatsApp(settings: settings)
      let receipt = try await whatsApp.send(message("REF-20261121-ABC"))
      #expect(try await whatsApp.find(message("REF-20261121-ABC"))?.externalId == receipt.externalId)
      #expect(receiver.requests.last?.uri.contains("To=whatsapp%3A%2B15550123456") == true)
    }
  }

  @Test func aListThatCannotBeHadIsAFailure() async throws {
    try await FakeTwilio.with { twilio, _, settings in
      let sms = try SMS(settings: settings)
      for (answer, isRetryable) in [
        (FakeTwilio.error(401, 20003), false), (FakeTwilio.error(429, 20429), true), (.status(500), true),
        (.status(200, body: "<html>"), true), (.status(200, body: #"{"messages": {}}"#), true), (.close, true),
      ] {
        twilio.next(answer)
        let failure = await #expect(throws: SendFailure.self) { _ = try await sms.find(message("REF-20261121-ABC")) }
        #expect(failure?.isRetryable == isRetryable)
      }
    }
  }

  /// The credentials go along with every request.
  @Test(arguments: [
    "http://thief.example/2010-04-01/x?Page=1", "//thief.example?Page=1", "/x?a b", "/x?a\u{E4}", "/x?", "x",
    "?To=%2B15550123456&DateSent%3E=2026-11-20&PageSize=50",
  ])
  func theNextPageIsNeverAtAnotherAddress(uri: String) async throws {
    try await FakeTwilio.with { twilio, receiver, settings in
      twilio.next(FakeTwilio.json(200, ["messages": [], "next_page_uri": uri]))
      twilio.next(FakeTwilio.json(200, ["messages": [], "next_page_uri": NSNull()]))
      let found = try await SMS(settings: settings).find(message("REF-20261121-ABC"))
      #expect(found == nil)
      let path = "/2010-04-01/Accounts/\(FakeTwilio.account)/Messages.json?"
      #expect(receiver.requests.allSatisfy { $0.uri.hasPrefix(path) } && receiver.requests.count <= 2)
    }
  }

  /// A gateway that does not heed `DateSent>`.
  @Test(arguments: [("Thu, 19 Nov 2026 23:59:59 +0000", 1), ("Fri, 20 Nov 2026 00:00:00 +0000", 2)])
  func pagesOlderThanTheReferenceAreNotRead(created: String, pages: Int) async throws {
    try await FakeTwilio.with { twilio, receiver, settings in
      let old: [String: Any] = ["sid": "SM" + FakeTwilio.token, "body": "other", "date_created": created]
      twilio.next(FakeTwilio.json(200, ["messages": [old, old], "next_page_uri": "/x?Page=1"]))
      twilio.next(FakeTwilio.json(200, ["messages": [], "next_page_uri": NSNull()]))
      let found = try await SMS(settings: settings).find(message("REF-20261121-ABC"))
      #expect(found == nil)
      #expect(receiver.requests.count == pages)
    }
  }

  @Test func aSlowListIsLeftInTime() async throws {
    try await HTTPReceiver.with { request in
      let page = request.uri.suffix(30).filter { $0 == "1" } + "1"
      return .after(0.5, FakeTwilio.json(200, ["messages": [], "next_page_uri": "/x?Page=\(page)"]))
    } _: { receiver in
      let sms = try SMS(settings: FakeTwilio.settings(receiver.url("")), timeOuts: TimeOuts(connect: 2, total: 2.4))
      let start = ContinuousClock.now
      let failure = await #expect(throws: SendFailure.self) { _ = try await sms.find(message("REF-20261121-ABC")) }
      #expect(failure?.isRetryable == true)
      #expect(ContinuousClock.now - start < .seconds(2.4))
    }
  }

  @Test func aListWithoutEndIsLeft() async throws {
    try await HTTPReceiver.with { request in
      FakeTwilio.json(
        200, ["messages": [], "next_page_uri": "/x?Page=\(request.uri.suffix(30).filter { $0 == "1" })1"])
    } _: { receiver in
      let sms = try SMS(settings: FakeTwilio.settings(receiver.url("")))
      #expect(try await sms.find(message("REF-20261121-ABC")) == nil)
      #expect(receiver.requests.count == 20)
    }
  }
}
