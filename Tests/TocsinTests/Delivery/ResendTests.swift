import TestSupport
import Testing

@testable import Tocsin

@Suite("Sending again")
struct ResendTests {
  @Test(
    "A message that was given up is sent again with the same text and REF, and its attempts go on counting",
    arguments: TestDatabase.all)
  func again(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuse("no such room"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      let posted = try await OutboxTests.post(bench.incidents, incident)
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(try await bench.incidents.undelivered().items.map(\.communication.shortRef) == [posted.shortRef])
      vendor.answer(.accept)
      let outcome = try await bench.incidents.resend("Re: [Ref: \(posted.shortRef.lowercased())]", by: "dba1")
      #expect(outcome.sent == 1)
      #expect(Set(vendor.received.map(\.text)).count == 1)
      #expect(vendor.received.map(\.attempt) == [1, 2])
      let located = try #require(try await bench.incidents.communication(ref: posted.shortRef))
      #expect(located.communication.status == "SENT" && located.communication.errorMessage == nil)
      #expect(located.attempts.map(\.outcome) == [.refused, .accepted])
      #expect(located.attempts.map(\.answer) == ["no such room", "vendor-2"])
      #expect(try await bench.incidents.undelivered().items.isEmpty)
      #expect(
        try await bench.events(of: incident.incidentGuid)
          == [.incidentCreated, .notificationFailed, .communicationLogged, .notificationSent])
    }
  }

  /// Failure: a worker that was thought dead reports after the message was given up and sent anew.
  @Test("An old claim's late outcome does not touch the message that was sent again", arguments: TestDatabase.all)
  func late(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuse("no"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incident = try await bench.incident()
      let posted = try await OutboxTests.post(bench.incidents, incident)
      let old = try #require(try await OutboxTests.claim(bench.incidents))
      try await OutboxTests.disown(bench)
      bench.clock.advance(by: Claim.lease + 1)
      _ = try await Dispatcher(bench.incidents).runOnce()
      vendor.answer(.refuseForNow("away"))
      #expect(try await bench.incidents.resend(posted.shortRef).pending == 1)
      try await OutboxTests.settle(bench.incidents, old, .success(Receipt(externalId: "late")))
      let row = try #require(try await bench.incidents.communications(of: incident.incidentGuid).first)
      #expect(row.status == "PENDING" && row.externalId == nil)
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_queue") == 1)
    }
  }

  @Test("A message that waits is tried now", arguments: TestDatabase.all)
  func hurries(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let posted = try await OutboxTests.post(bench.incidents, bench.incident())
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(try await bench.incidents.undelivered(status: .pending).items.first?.nextAt != nil)
      vendor.answer(.accept)
      #expect(try await bench.incidents.resend(posted.shortRef).sent == 1)
    }
  }

  @Test("A message for a channel that was not configured goes out when it is", arguments: TestDatabase.all)
  func configuredLater(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run { bench in
      let incident = try await bench.incident()
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "DISCORD")
      let failed = try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R").communications[0]
      #expect(failed.status == "FAILED")
      await #expect(throws: Failure.self) { try await bench.incidents.resend(failed.shortRef) }
      let configured = bench.with(channels: [FakeChannel<FollowingName>(vendor)])
      #expect(try await configured.resend(failed.shortRef).sent == 1)
      #expect(vendor.received.map(\.target) == ["default"])
      // From now on the channel follows the incident.
      try await configured.close(incident.incidentGuid)
      _ = try await Dispatcher(configured).runOnce()
      #expect(vendor.received.map(\.kind) == [.notification, .update])
    }
  }

  @Test("What was accepted, was logged by hand, or does not exist is refused", arguments: TestDatabase.all)
  func refused(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let incident = try await bench.incident()
      let sent = try await OutboxTests.post(bench.incidents, incident)
      _ = try await Dispatcher(bench.incidents).runOnce()
      let logged = try await bench.incidents.logCommunication(
        incident.incidentGuid, LoggedCommunication(channel: "PHONE", status: .failed))
      for (ref, code) in [
        (sent.shortRef, Failure.Code.conflict), (logged.shortRef, .conflict), ("REF-20200101-AAA", .notFound),
        ("nonsense", .invalid),
      ] {
        let failure = await #expect(throws: Failure.self) { try await bench.incidents.resend(ref) }
        #expect(failure?.code == code, "\(ref)")
      }
    }
  }

  /// Failure: the default target was wrong, and has been set right.
  @Test(
    "A message to the default target goes to the one that is configured when it is sent", arguments: TestDatabase.all)
  func defaultTarget(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuse("no such room"))
    let wrong = FakeChannel<FollowingName>(vendor, defaultTarget: "wrong-and-secret")
    try await engine.run(channels: [wrong]) { bench in
      let incident = try await bench.incident()
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "DISCORD, DISCORD:wrong-and-secret")
      let failed = try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R").communications
      #expect(failed.count == 1, "nobody is told twice")
      let stored = try await bench.integer("SELECT count(*) FROM tocsin_delivery WHERE Target LIKE '%secret%'")
      #expect(stored == 0, "the default target may be a secret")
      vendor.answer(.accept)
      let right = bench.with(channels: [FakeChannel<FollowingName>(vendor, defaultTarget: "right")])
      let outcome = try await right.resend(failed[0].shortRef)
      #expect(outcome.sent == 1 && outcome.communications[0].recipient == "right")
      #expect(vendor.received.map(\.target) == ["wrong-and-secret", "right"])
    }
  }

  /// Failure: somebody hurries a message from a shell without the configuration.
  @Test("A message that waits for a channel that is not configured here is left alone", arguments: TestDatabase.all)
  func elsewhere(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let posted = try await OutboxTests.post(bench.incidents, bench.incident())
      let without = bench.with(channels: [])
      let failure = await #expect(throws: Failure.self) { try await without.resend(posted.shortRef) }
      #expect(failure?.message.contains("SLACK is not configured") == true)
      _ = try await Dispatcher(without).deliver([posted.communicationGuid], patience: 1)
      #expect(try await without.undelivered().items.map(\.waitsFor) == ["the channel SLACK is not configured here"])
      vendor.answer(.accept)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 1)
    }
  }

  @Test(
    "Where no channel says what is secret in a target, keys and paths are not shown",
    arguments: [
      ("https://hooks.example/services/T0/secret", "https://hooks.example/…"),
      ("https://user:pw@h.example/x", "https://h.example/…"),
      ("R0123456789abcdef0123456789abcdef", "R012…"), ("#ops", "#ops"), ("+15550123456", "+15550123456"),
      ("dba@example.com", "dba@example.com"),
    ])
  func masked(_ target: String, _ shown: String) {
    #expect(Delivery.masked(target) == shown)
  }
}
