import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct DeliveryReportTests {
  /// Runs with one message that was sent, and its ExternalId.
  private func run(
    _ engine: TestDatabase, _ body: (TestBench, _ incident: String, _ id: String) async throws -> Void
  ) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SMS")
      let outcome = try await bench.incidents.notify(guid, notifyCode: "R", by: "dba1")
      try await body(bench, guid, try #require(outcome.communications.first?.externalId))
    }
  }

  @Test("A delivered message is DELIVERED, counts as sent, and the timeline says so", arguments: TestDatabase.all)
  func delivered(_ engine: TestDatabase) async throws {
    try await run(engine) { bench, incident, id in
      try await bench.incidents.take(.fake(id, "delivered"), from: "sms")
      let message = try await bench.message(incident)
      #expect(message.status == "DELIVERED" && message.errorMessage == nil)
      #expect(message.metadata?["delivered_at"] == .string(JSON.time(bench.clock.now)))
      #expect(message.metadata?["status"] == "delivered" && message.metadata?["sent_by"] == "dba1")
      #expect(NotifyOutcome([message]).sent == 1)
      let last = try #require(try await bench.incidents.timeline(of: incident).last)
      #expect(last.eventType == .notificationDelivered && last.createdBy == "SYSTEM")
      #expect(last.description == "SMS to default delivered [Ref: \(message.shortRef)]")
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  /// Failure: the vendor is faster with its report than we are with our own note.
  @Test("A report that comes before the message is on record as sent is not lost", arguments: TestDatabase.all)
  func early(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())]) { bench in
      let incident = try await bench.incident().incidentGuid
      try await bench.incidents.take(.fake("vendor-1", "delivered"), from: "sms")
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SMS")
      let outcome = try await bench.incidents.notify(incident, notifyCode: "R")
      #expect(outcome.sent == 1 && outcome.communications[0].status == "DELIVERED")
      #expect(try await bench.events(of: incident) == [.incidentCreated, .notificationSent, .notificationDelivered])
    }
  }

  @Test("A message that did not arrive is FAILED with the vendor's reason", arguments: TestDatabase.all)
  func failed(_ engine: TestDatabase) async throws {
    try await run(engine) { bench, incident, id in
      try await bench.incidents.take(.fake(id, "failed"), from: "sms")
      let message = try await bench.message(incident)
      #expect(message.status == "FAILED" && message.errorMessage == "unreachable")
      let last = try #require(try await bench.incidents.timeline(of: incident).last)
      #expect(last.eventType == .notificationFailed && last.description.contains("failed: unreachable [Ref: "))
    }
  }

  @Test("A reading keeps it DELIVERED and notes when", arguments: TestDatabase.all)
  func read(_ engine: TestDatabase) async throws {
    try await run(engine) { bench, incident, id in
      try await bench.incidents.take(.fake(id, "delivered"), from: "sms")
      bench.clock.advance(by: 60)
      for _ in 0..<3 { try await bench.incidents.take(.fake(id, "read"), from: "sms") }
      let message = try await bench.message(incident)
      #expect(message.status == "DELIVERED")
      #expect(message.metadata?["read_at"] == .string(JSON.time(bench.clock.now)))
      #expect(message.metadata?["delivered_at"] != message.metadata?["read_at"])
      #expect(try await bench.events(of: incident).count { $0 == .notificationDelivered } == 2)
    }
  }

  @Test("What is final stays, and what comes again writes nothing", arguments: TestDatabase.all)
  func forwardOnly(_ engine: TestDatabase) async throws {
    for (first, later, status) in [
      ("delivered", ["failed", "delivered", "sent"], "DELIVERED"),
      ("failed", ["delivered", "read", "failed"], "FAILED"), ("read", ["delivered", "failed", "read"], "DELIVERED"),
    ] {
      try await run(engine) { bench, incident, id in
        try await bench.incidents.take(.fake(id, first), from: "sms")
        let (before, events) = (try await bench.message(incident), try await bench.events(of: incident))
        bench.clock.advance(by: 5)
        for outcome in later { try await bench.incidents.take(.fake(id, outcome), from: "sms") }
        #expect(try await bench.message(incident) == before)
        #expect(before.status == status)
        #expect(try await bench.events(of: incident) == events)
        #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 0)
      }
    }
  }

  @Test("A callback of no known channel, no vendor or no meaning changes nothing", arguments: TestDatabase.all)
  func refused(_ engine: TestDatabase) async throws {
    try await run(engine) { bench, incident, id in
      let before = try await bench.message(incident)
      for (callback, channel, code) in [
        (VendorCallback.fake(id, "failed"), "pigeon", Failure.Code.notFound),
        (.fake(id, "failed", signature: "bad"), "sms", .unauthenticated), (.fake(id, "failed now"), "sms", .malformed),
      ] {
        let failure = await #expect(throws: Failure.self) {
          try await bench.incidents.take(callback, from: channel)
        }
        #expect(failure?.code == code)
      }
      try await bench.incidents.take(.fake(id, "sent"), from: "sms")
      #expect(try await bench.message(incident) == before)
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 0)
    }
  }

  @Test(
    "A report that overtakes our own note is kept, and applied when the message is SENT", arguments: TestDatabase.all)
  func overtaking(_ engine: TestDatabase) async throws {
    for (reports, status) in [
      (["delivered", "read", "failed"], "DELIVERED"), (["failed", "delivered"], "FAILED"), (["read"], "DELIVERED"),
    ] {
      try await run(engine) { bench, incident, id in
        try await bench.tamper("UPDATE data_incident_communication SET Status = 'PENDING', ExternalId = NULL")
        for report in reports { try await bench.incidents.take(.fake(id, report), from: "sms") }
        let received = bench.clock.now
        #expect(try await bench.message(incident).status == "PENDING")
        #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 1)
        bench.clock.advance(by: 30)
        _ = try await bench.incidents.database.write { transaction in
          try transaction.execute(
            "UPDATE data_incident_communication SET Status = 'SENT', ExternalId = ?", [.text(id)])
          try transaction.applyReport(channel: "SMS", externalId: id)
        }
        let message = try await bench.message(incident)
        #expect(message.status == status)
        #expect((message.metadata?["read_at"] != nil) == reports.contains("read") || status == "FAILED")
        if reports == ["read"] { #expect(message.metadata?["read_at"] == .string(JSON.time(received))) }
        #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 0)
      }
    }
  }

  @Test("A report that nobody asks for is forgotten after a week", arguments: TestDatabase.all)
  func forgotten(_ engine: TestDatabase) async throws {
    try await run(engine) { bench, _, _ in
      try await bench.incidents.take(.fake("SM-stray", "delivered"), from: "sms")
      bench.clock.advance(by: 7 * 24 * 3600 + 1)
      try await bench.incidents.take(.fake("SM-other", "delivered"), from: "sms")
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 1)
    }
  }

  @Test("1,000 shuffled and repeated callbacks leave each message in the right state", arguments: TestDatabase.all)
  func shuffled(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())], seed: 7) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule(
        "R", name: "r", channels: (0..<100).map { "SMS:t\($0)" }.joined(separator: ","))
      let messages = try await bench.incidents.notify(guid, notifyCode: "R").communications
      // A vendor says of one message either that it arrived, and perhaps was read, or that it did not.
      let stories = [["sent", "delivered"], ["sent", "delivered", "read"], ["sent", "failed"]]
      let told = try messages.enumerated().map { (try #require($1.externalId), stories[$0 % 3]) }
      var callbacks = told.flatMap { id, story in (0..<10).map { (id, story[$0 % story.count]) } }
      for index in callbacks.indices { callbacks.swapAt(index, bench.random.below(callbacks.count)) }
      #expect(callbacks.count == 1000)
      for (id, outcome) in callbacks { try await bench.incidents.take(.fake(id, outcome), from: "sms") }

      let events = try await bench.incidents.timeline(of: guid)
      for row in try await bench.incidents.communications(of: guid) {
        let story = try #require(told.first { $0.0 == row.externalId }?.1)
        #expect(row.status == (story.contains("failed") ? "FAILED" : "DELIVERED"))
        #expect((row.metadata?["read_at"] != nil) == story.contains("read"))
        let outcomes = events.filter { $0.eventType != .notificationSent && $0.description.contains(row.shortRef) }
        #expect((1...(story.contains("read") ? 2 : 1)).contains(outcomes.count))
      }
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 0)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }
}

extension TestBench {
  fileprivate func message(_ incident: String) async throws -> Communication {
    try #require(try await incidents.communications(of: incident).first)
  }
}
