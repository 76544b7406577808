import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite("The outbox")
struct OutboxTests {
  /// Puts one message for `target` in the outbox, as a crash right after the commit leaves it.
  @discardableResult
  static func post(
    _ incidents: Incidents, _ incident: Incident, channel: String = "SLACK", target: String = "#ops",
    text: String = "Down"
  ) async throws -> Communication {
    try await incidents.database.write { transaction in
      try incidents.post(
        MessageDraft(
          incident: incident, channel: channel, target: target, text: { "\(text) [Ref: \($0)]" },
          subject: { "Subject \($0)" }), by: .system, transaction)
    }
  }

  static func claim(_ incidents: Incidents, _ channel: String = "SLACK") async throws -> Batch? {
    let context = incidents.claimContext
    return try await incidents.database.write { try $0.claim(.dueOn(channel: channel), context) }
  }

  /// Makes the claims under way those of a process on another machine.
  static func disown(_ bench: TestBench) async throws {
    try await bench.tamper("UPDATE tocsin_queue SET Owner = 'elsewhere' WHERE Owner IS NOT NULL")
  }

  static func settle(
    _ incidents: Incidents, _ batch: Batch, _ result: Result<Receipt, SendFailure>
  ) async throws {
    try await incidents.database.write { try $0.settle(batch, result, duration: 0.1) }
  }

  @Test("The row is PENDING with its REF before anything is sent", arguments: TestDatabase.all)
  func writtenFirst(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      let row = try await Self.post(bench.incidents, incident)
      #expect(row.status == "PENDING" && row.message == "Down [Ref: \(row.shortRef)]")
      #expect(vendor.received.isEmpty)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated])
    }
  }

  @Test(
    "A claim that lapses is tried again with the same REF and guid; its own outcome no longer counts",
    arguments: TestDatabase.all)
  func lapses(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let incidents = bench.incidents
      let incident = try await bench.incident()
      try await Self.post(incidents, incident)
      let first = try #require(try await Self.claim(incidents))
      #expect(try await Self.claim(incidents) == nil)
      try await Self.disown(bench)
      bench.clock.advance(by: Claim.lease + 1)
      let second = try #require(try await Self.claim(incidents))
      #expect(second.message.shortRef == first.message.shortRef)
      #expect(second.message.communicationGuid == first.message.communicationGuid)
      #expect(second.message.text == first.message.text)
      #expect(second.message.attempt == 2)

      try await Self.settle(incidents, first, .failure(.permanent("too late")))
      try await Self.settle(incidents, first, .failure(.retryable("too late")))
      #expect(try await incidents.communications(of: incident.incidentGuid).first?.status == "PENDING")
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated])
      try await Self.settle(incidents, second, .success(Receipt(externalId: "v-2")))
      try await Self.settle(incidents, first, .success(Receipt(externalId: "v-1")))
      let row = try #require(try await incidents.communications(of: incident.incidentGuid).first)
      #expect(row.status == "SENT" && row.externalId == "v-2" && row.metadata?["attempts"] == 2)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .notificationSent])
    }
  }

  @Test("Messages of one incident, channel and target go in order; others do not wait", arguments: TestDatabase.all)
  func order(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let incidents = bench.incidents
      let (a, b) = (try await bench.incident("A"), try await bench.incident("B", severity: .low))
      try await Self.post(incidents, a, text: "first")
      try await Self.post(incidents, a, text: "second")
      try await Self.post(incidents, a, target: "#other", text: "elsewhere")
      try await Self.post(incidents, b, text: "less urgent")
      var texts: [Substring] = []
      var claims: [Batch] = []
      while let claim = try await Self.claim(incidents) {
        claims.append(claim)
        texts.append(claim.message.text.prefix { $0 != "[" })
      }
      #expect(texts == ["first ", "elsewhere ", "less urgent "])
      let first = claims[0]
      try await Self.settle(incidents, first, .failure(.retryable("away", after: 60)))
      #expect(try await Self.claim(incidents) == nil, "the second waits for the first")
      bench.clock.advance(by: 61)
      let again = try #require(try await Self.claim(incidents))
      #expect(again.message.text.hasPrefix("first"))
      try await Self.settle(incidents, again, .failure(.permanent("gone")))
      #expect(try await Self.claim(incidents)?.message.text.hasPrefix("second") == true)
      #expect(try await bench.events(of: a.incidentGuid) == [.incidentCreated, .notificationFailed])
    }
  }

  @Test("The outcome is told where the message is after a merge", arguments: TestDatabase.all)
  func merged(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let incidents = bench.incidents
      let (a, b) = (try await bench.incident("A"), try await bench.incident("B"))
      try await Self.post(incidents, b)
      let claim = try #require(try await Self.claim(incidents))
      try await incidents.merge(b.incidentGuid, into: a.incidentGuid)
      try await Self.settle(incidents, claim, .success(Receipt(externalId: "v")))
      #expect(try await bench.events(of: a.incidentGuid).last == .notificationSent)
      #expect(try await bench.events(of: b.incidentGuid) == [.incidentMerged])
      #expect(try await incidents.communications(of: a.incidentGuid).first?.status == "SENT")
      #expect(try await incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(
    "A dispatcher sends what another process left, and retries until the vendor accepts", arguments: TestDatabase.all)
  func dispatcher(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      let posted = try await Self.post(bench.incidents, incident)
      let work = Task { await Dispatcher(bench.incidents).run() }
      // On record, not only made: the next attempt is counted from then.
      _ = try await eventually("a first attempt was refused") {
        try await bench.incidents.communications(of: incident.incidentGuid)[0].errorMessage
      }
      vendor.answer(.accept)
      bench.clock.advance(by: 3600)
      _ = try await eventually("the message is SENT") {
        try await bench.incidents.communications(of: incident.incidentGuid)[0].status == "SENT" ? true : nil
      }
      work.cancel()
      await work.value
      #expect(Set(vendor.received.map(\.shortRef)) == [posted.shortRef])
      #expect(vendor.received.count == 2)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .notificationSent])
    }
  }

  @Test("Two dispatchers on one outbox send each message once", arguments: TestDatabase.all)
  func shared(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      for number in 0..<30 { try await Self.post(bench.incidents, incident, target: "#\(number)") }
      let work = (0..<2).map { _ in Task { await Dispatcher(bench.incidents).run() } }
      _ = try await eventually("the outbox is empty") {
        try await bench.integer("SELECT count(*) FROM tocsin_queue") == 0 ? true : nil
      }
      for task in work { task.cancel() }
      for task in work { await task.value }
      #expect(vendor.received.count == 30)
      #expect(Set(vendor.received.map(\.shortRef)).count == 30)
      #expect(try await bench.events(of: incident.incidentGuid).count == 31)
    }
  }

  @Test("A message is given up after a day, with the last reason", arguments: TestDatabase.all)
  func givesUp(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      let posted = try await Self.post(bench.incidents, incident)
      // Nobody was there to send it for a week: that does not count.
      bench.clock.advance(by: 7 * 86_400)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 1)
      bench.clock.advance(by: 86_401)
      let rows = try await Dispatcher(bench.incidents).deliver([posted.communicationGuid], patience: 5)
      #expect(rows.first?.status == "FAILED")
      #expect(rows.first?.errorMessage?.contains("away") == true)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .notificationFailed])
    }
  }
}
