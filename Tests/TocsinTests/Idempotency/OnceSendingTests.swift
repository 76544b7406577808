import Foundation
import TestSupport
import Testing

@testable import Tocsin

/// Calls that go on after their write: they send messages.
@Suite struct OnceSendingTests {
  private func request(_ key: String = "key-1") throws -> IdempotentRequest {
    try IdempotentRequest(
      key: key, sender: "ana", credential: "secret", route: "POST /x", path: "/x", body: Data())
  }

  private func outcome(_ answer: OnceAnswer) throws -> NotifyOutcome {
    try JSON.decode(NotifyOutcome.self, from: Data(answer.answer.body.utf8))
  }

  /// Failure: people are told twice.
  @Test(arguments: TestDatabase.all)
  func `A notification that is asked for 100 times at once goes out once, and all get its outcome`(
    _ engine: TestDatabase
  ) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SLACK:#ops")
      let request = try request()
      let answers = try await many(100) { _ in
        try await bench.incidents.once(request, encode: written) { try await $0.notify(guid, notifyCode: "R") }
      }
      #expect(vendor.received.count == 1)
      #expect(Set(answers.map(\.answer.body)).count == 1)
      #expect(try outcome(answers[0]).sent == 1)
      #expect(try await bench.incidents.communications(of: guid).count == 1)
    }
  }

  /// Failure: another server that asks while the first still sends says something else than it in the end.
  @Test(arguments: TestDatabase.all)
  func `Whoever asks while another server is sending waits for the outcome`(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.hang)
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SLACK:#ops")
      let (request, here) = (try request(), bench.incidents)
      let there = Incidents(database: here.database, channels: Array(here.channels.values))
      async let first = here.once(request, encode: written) { try await $0.notify(guid, notifyCode: "R") }
      _ = try await eventually("it is under way") { vendor.received.isEmpty ? nil : true }
      async let second = there.once(request, encode: written) { try await $0.notify(guid, notifyCode: "R") }
      try await Task.sleep(for: .milliseconds(300))
      vendor.answer(.accept)
      let (one, two) = (try await first, try await second)
      #expect(two.answer == one.answer && two.isReplayed)
      #expect(vendor.received.count == 1)
    }
  }

  /// Failure: a message that was given up is sent again twice; a report is mailed twice.
  @Test(arguments: TestDatabase.all)
  func `Sending again and mailing a report are done once as well`(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuse("no"))
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      let incidents = bench.incidents
      let guid = try await bench.incident().incidentGuid
      let (mail, again) = (try request("mail"), try request("again"))
      let mailed = try await many(10) { _ in
        try await incidents.once(mail, encode: written) {
          try await $0.emailReport(guid, additionalRecipients: ["dba@example.com"])
        }
      }
      #expect(vendor.received.count == 1)
      #expect(try outcome(mailed[0]).failed == 1)
      vendor.answer(.accept)
      let ref = try await incidents.communications(of: guid)[0].shortRef
      let resent = try await many(10) { _ in
        try await incidents.once(again, encode: written) { try await $0.resend(ref) }
      }
      #expect(vendor.received.count == 2)
      #expect(try Set(resent.map { try outcome($0).sent }) == [1])
    }
  }

  /// Failure: a call that fails when its messages are on record already is done again, and sends them twice.
  @Test(arguments: TestDatabase.all)
  func `A call that fails after its write is not done again`(_ engine: TestDatabase) async throws {
    struct Lost: Error {}
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SLACK:#ops")
      let request = try request()
      await #expect(throws: Lost.self) {
        _ = try await bench.incidents.once(request, encode: written) { incidents -> NotifyOutcome in
          _ = try await incidents.notify(guid, notifyCode: "R")
          throw Lost()
        }
      }
      let again = try await bench.incidents.once(request, encode: written) {
        try await $0.notify(guid, notifyCode: "R")
      }
      #expect(again.isReplayed && vendor.received.count == 1)
      #expect(try outcome(again).pending == 1, "what was known when it was written")
    }
  }
}
