import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct PagerDutyAnswerTests {
  private static let key = "R0123456789abcdefghijABCDEFGHIJ1"
  private let message = OutboundMessage.sample(to: key)

  private func failure(_ answer: HTTPReceiver.Answer) async throws -> SendFailure? {
    try await HTTPReceiver.with { _ in
      answer
    } _: { receiver in
      let settings = ["routing_key": Self.key, "base_url": receiver.url("")]
      return try await PagerDuty(settings: settings, timeOuts: TimeOuts(connect: 2, total: 2)).refusal(of: message)
    }
  }

  @Test func only202WithSuccessIsProof() async throws {
    let accepted = try await HTTPReceiver.sweep(body: #"{"status":"success","message":"hunter2"}"#) { url in
      let settings = ["routing_key": Self.key, "base_url": url]
      return try await PagerDuty(settings: settings, timeOuts: TimeOuts(connect: 2, total: 2)).refusal(of: message)
    }
    #expect(accepted == [202])
  }

  @Test(arguments: [
    "", "success", "{}", "[]", #"{"status":"invalid event"}"#, #"{"status":true}"#, "<html>success</html>",
    #"{"status":"success","dedup_key":"another"}"#, String(repeating: "[", count: 60_000),
  ])
  func a202ThatSaysAnythingElseIsTriedAgain(body: String) async throws {
    #expect(try await failure(.status(202, body: body)) == .retryable("PagerDuty did not confirm the event (202)"))
  }

  @Test func theTimeThatPagerDutyAsksForIsKept() async throws {
    let failure = try await failure(.status(429, headers: ["retry-after": "30"]))
    #expect(failure == .retryable("the receiver gets too many messages (429)", after: 30))
  }

  @Test func aTestWhoseAlertStaysOpenSaysSo() async throws {
    let fake = FakePagerDuty(keys: Self.key)
    try await fake.serve { receiver in
      fake.script.add(.status(202, body: #"{"status":"success"}"#), .status(500))
      let channel = try PagerDuty(settings: ["routing_key": Self.key, "base_url": receiver.url("")])
      let failure = await channel.refusal(of: .sample(to: Self.key, .test))
      #expect(failure?.reason.contains("was opened") == true)
      #expect(failure?.reason.contains("500") == true)
    }
  }

  @Test func aProbePagesNobody() async throws {
    let fake = FakePagerDuty(keys: Self.key)
    try await fake.serve { receiver in
      let fault = try await PagerDuty(settings: ["routing_key": Self.key, "base_url": receiver.url("")]).probe()
      #expect(fault == nil)
    }
    #expect(fake.events.isEmpty)
    let port = try await HTTPReceiver.with({ _ in nil }, { $0.port })
    let gone = try PagerDuty(settings: ["routing_key": Self.key, "base_url": "http://127.0.0.1:\(port)"])
    #expect(await gone.probe() == "127.0.0.1: it refused the connection")
  }

  @Test(arguments: [
    ("routing_key", "hunter2"), ("routing_key", "hunter2hunter2hunter2hunter2hunte\n"), ("base_url", "pagerduty.com"),
    ("base_url", "https://a.example/?x=1"), ("base_url", "https://a.example/#x"), ("ca_file", "/nonexistent"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) {
      try PagerDuty(settings: ["routing_key": Self.key].merging([key: value]) { $1 })
    }
    #expect(failure?.field == key)
    #expect(failure?.message.contains("hunter2") == false)
  }
}
