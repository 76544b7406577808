import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct TwilioSendTests {
  private let target = "+15550123456"

  @Test func theFakeIsWhatTwiliosOwnClientExpects() async throws {
    try await FakeTwilio.with { twilio, receiver, _ in
      let view = try TwilioJudge.client(receiver.url(""))
      #expect(view.sids == twilio.messages.map(\.sid) && view.sids.count == 5)
      #expect(view.statuses == Array(repeating: "queued", count: 5))
      #expect(view.segments == Array(repeating: "1", count: 5))
      #expect(view.listed == (0..<5).reversed().map { "message \($0)" } && view.others == 0)
      #expect(view.account == "active")
      #expect(view.badNumber == [400, 21211] && view.tooLong == [400, 21617] && view.noBody == [400, 21619])
    }
  }

  @Test func anSMSIsTakenAndItsSidIsTheProof() async throws {
    try await FakeTwilio.with(["status_callback": FakeTwilio.callback]) { twilio, receiver, settings in
      let receipt = try await SMS(settings: settings).send(.sample(to: target, text: "Disk full {x}\n[Ref: REF-1]"))
      let taken = try #require(twilio.messages.first)
      #expect(receipt.externalId == taken.sid)
      #expect(receipt.metadata == ["status": "queued", "num_segments": 1, "segments": 1])
      #expect(
        taken.fields == [
          "To": target, "From": "+15550100000", "Body": "Disk full {x}\n[Ref: REF-1]",
          "StatusCallback": FakeTwilio.callback,
        ])
      #expect(receiver.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("MG00112233445566778899aabbccddeeff", "MessagingServiceSid"), ("Tocsin", "From"), ("12345", "From"),
    ("A+B & C_d-e", "From"),
  ])
  func aServiceANameAndAShortCodeMaySendSMS(from: String, field: String) async throws {
    try await FakeTwilio.with(["from": from]) { twilio, _, settings in
      _ = try await SMS(settings: settings).send(.sample(to: target))
      #expect(twilio.messages.first?.fields[field] == from)
      #expect(throws: Failure.self) { try WhatsApp(settings: settings) }
    }
  }

  @Test func whatsAppPutsItsPrefixOnBothSides() async throws {
    try await FakeTwilio.with { twilio, _, settings in
      let receipt = try await WhatsApp(settings: settings).send(.standard())
      let fields = try #require(twilio.messages.first?.fields)
      #expect(fields["To"] == "whatsapp:" + target && fields["From"] == "whatsapp:+15550100000")
      #expect(fields["Body"] == OutboundMessage.standard().text)
      #expect(receipt.metadata == ["status": "queued", "num_segments": 1])
    }
  }

  @Test func withATemplateEveryWhatsAppMessageGoesByIt() async throws {
    let sid = "HX00112233445566778899aabbccddeeff"
    try await FakeTwilio.with(["content_sid": sid]) { twilio, _, settings in
      let whatsApp = try WhatsApp(settings: settings)
      _ = try await whatsApp.send(.standard())
      _ = try await whatsApp.send(.sample(to: target, text: "Mind  the\n\n\tgap \"now\"\n[Ref: REF-20261121-ABC]"))
      let sent = twilio.messages.map(\.fields)
      #expect(sent.allSatisfy { $0["ContentSid"] == sid && $0["Body"] == nil })
      #expect(
        sent[0]["ContentVariables"]
          == #"{"1":"HIGH: Database pool exhausted - DATABASE - CREATED","2":"REF-20261121-ABC"}"#)
      #expect(sent[1]["ContentVariables"] == #"{"1":"Mind the gap \"now\"","2":"REF-20261121-ABC"}"#)
      // Whatever the text is, Twilio takes the variables.
      for text in hostileTexts + [longLine] { _ = try await whatsApp.send(.sample(to: target, text: text)) }
    }
  }

  @Test func onlyA2xxWithASidIsProofAndOnlySomeOthersAreTriedAgain() async throws {
    for body in [
      "", "{}", #"{"sid": null}"#, #"{"sid": "x"}"#, "<html>", "[",
      #"{"sid": "AC\#(String(repeating: "0", count: 32))"}"#,
    ] {
      try await HTTPReceiver.with {
        .status(Int($0.uri.split(separator: "/")[0]) ?? 0, body: body)
      } _: { receiver in
        for status in 200...599 {
          let sms = try SMS(settings: FakeTwilio.settings(receiver.url("/\(status)")))
          let failure = try #require(await sms.refusal(of: .sample(to: target)))
          let isRetryable = (200...299).contains(status) || [408, 429].contains(status) || status >= 500
          #expect(failure.isRetryable == isRetryable, "\(status)")
          #expect(failure.reason.contains("\(status)"))
        }
      }
    }
  }

  @Test func aStatusBelow200IsNoProof() async throws {
    for status in [100, 101, 103, 150, 199] {
      let sid = "SM" + String(repeating: "0", count: 32)
      let junk = "HTTP/1.1 \(status) x\r\ncontent-length: 45\r\n\r\n{\"sid\": \"\(sid)\"}"
      try await HTTPReceiver.with { _ in
        .junk(junk)
      } _: { receiver in
        let sms = try SMS(settings: FakeTwilio.settings(receiver.url("")), timeOuts: TimeOuts(connect: 1, total: 1))
        #expect(await sms.refusal(of: .sample(to: target))?.isRetryable == true)
      }
    }
  }

  @Test(arguments: [
    (400, 21211, "not valid"), (400, 21610, "STOP"), (400, 21408, "region"), (400, 21606, "from"),
    (400, 21612, "from"), (401, 20003, "auth_token"), (400, 63016, "content_sid"), (400, 21999, "errors/21999"),
    (403, 20005, "active"),
  ])
  func aKnownErrorIsForGoodAndSaysWhatToDo(status: Int, code: Int, words: String) async throws {
    try await FakeTwilio.with { twilio, _, settings in
      twilio.next(FakeTwilio.error(status, code))
      let failure = try #require(try await SMS(settings: settings).refusal(of: .sample(to: target)))
      #expect(failure.isPermanent && failure.reason.contains(words))
      #expect(failure.reason.contains("\(code)"))
      #expect(!failure.reason.contains("canary") && !failure.reason.contains(FakeTwilio.token))
    }
  }

  @Test(arguments: [(429, 20429), (400, 20429), (400, 21611), (429, 63018), (429, 99_998), (503, 20503), (500, 20500)])
  func tooMuchAtOnceIsTriedAgainNotBeforeTwilioSays(status: Int, code: Int) async throws {
    try await FakeTwilio.with { twilio, _, settings in
      twilio.next(FakeTwilio.error(status, code, headers: ["retry-after": "7"]))
      let failure = try #require(try await SMS(settings: settings).refusal(of: .sample(to: target)))
      guard case .retryable(let reason, let after) = failure else {
        Issue.record("\(failure)")
        return
      }
      #expect(after == 7 && !reason.contains("canary"))
    }
  }

  @Test(arguments: ["failed", "undelivered", "canceled"])
  func whatTwilioGivesUpAtOnceIsForGood(status: String) async throws {
    try await FakeTwilio.with { twilio, _, settings in
      let sid = "SM" + String(repeating: "a", count: 32)
      twilio.next(FakeTwilio.json(201, ["sid": sid, "status": status, "error_code": 30034]))
      let failure = try await SMS(settings: settings).refusal(of: .sample(to: target))
      #expect(
        failure == .permanent("not delivered (\(status)): the sender is not registered for A2P 10DLC (error 30034)"))
    }
  }

  @Test func aGatewaysUUIDIsAProofToo() async throws {
    try await FakeTwilio.with { twilio, _, settings in
      let sid = "b3877c40-da60-4998-90ad-b792e98472af"
      twilio.next(FakeTwilio.json(200, ["sid": sid, "status": "ignore\nthis", "num_segments": 3]))
      let receipt = try await SMS(settings: settings).send(.sample(to: target))
      #expect(receipt == Receipt(externalId: sid, metadata: ["num_segments": 3, "segments": 1]))
    }
  }

  @Test func aProbeAsksForTheAccountAndSendsNothing() async throws {
    try await FakeTwilio.with { twilio, receiver, settings in
      let sms = try SMS(settings: settings)
      #expect(await sms.probe() == nil)
      twilio.next(FakeTwilio.json(200, ["sid": FakeTwilio.account, "status": "suspended"]))
      #expect(await sms.probe() == "the account is suspended")
      let stranger = try SMS(settings: settings.merging(["auth_token": "wrong-canary"]) { $1 })
      let fault = try #require(await stranger.probe())
      #expect(fault.contains("20003") && !fault.contains("canary"))
      #expect(receiver.requests.allSatisfy { $0.method == "GET" } && twilio.messages.isEmpty)
    }
  }

  @Test(arguments: [
    "+12345678", "+123456789012345", "+4915112345678",
  ])
  func aNumberOf8To15DigitsIsATarget(number: String) throws {
    #expect(try SMS(settings: FakeTwilio.settings()).fault(inTarget: number) == nil)
    #expect(try WhatsApp(settings: FakeTwilio.settings()).fault(inTarget: number) == nil)
  }

  @Test(arguments: [
    "", "+1234567", "+1234567890123456", "15550123456", "+0155501234", "+1 555 0123456", "+1555012345x",
    "whatsapp:+15550123456", "+１５５５０１２３４５６", "+15550123456\n", "+15550123456,+15550123457",
  ])
  func anythingElseIsNoTarget(number: String) async throws {
    for channel: any Channel in [
      try SMS(settings: FakeTwilio.settings()), try WhatsApp(settings: FakeTwilio.settings()),
    ] {
      #expect(channel.fault(inTarget: number) != nil)
      #expect(await channel.refusal(of: .sample(to: number))?.isPermanent == true)
    }
  }
}
