import TestSupport
import Testing

@testable import Tocsin

@Suite struct OrphanTests {
  /// Failure: a channel is taken out of the configuration while messages wait for it.
  @Test(
    "A message whose channel nobody has any more waits for a day, and then is FAILED with the reason",
    arguments: TestDatabase.all)
  func orphan(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("down"))
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      let incident = try await bench.incident()
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL")
      try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R")
      let without = Dispatcher(bench.with(channels: []))

      #expect(try await without.giveUpOrphans() == 1)
      bench.clock.advance(by: 24 * 3600 + 1)
      #expect(try await without.giveUpOrphans() == 0)

      let message = try #require(try await bench.incidents.communications(of: incident.incidentGuid).first)
      #expect(message.status == "FAILED")
      #expect(message.errorMessage?.contains("EMAIL") == true)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .notificationFailed])
    }
  }

  /// Failure: somebody edits a row by hand into something that cannot be read.
  @Test("A message that cannot be read does not keep the ones behind it waiting", arguments: TestDatabase.all)
  func poison(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("down", after: 10))
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL")
      let bad = try await bench.incident("Unreadable")
      let good = try await bench.incident("Readable")
      for incident in [bad, good] { try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R") }
      try await bench.loosen("data_incident", "CreatedAt")
      try await bench.tamper(
        "UPDATE data_incident SET CreatedAt = 'yesterday' WHERE IncidentGuid = ?", [.text(bad.incidentGuid)])
      vendor.answer(.accept)
      bench.clock.advance(by: 60)

      let task = Task { await Dispatcher(bench.incidents).run() }
      let sent = try await eventually("the readable message is sent") {
        try await bench.incidents.communications(of: good.incidentGuid).first { $0.status == "SENT" }
      }
      task.cancel()
      await task.value
      #expect(sent.externalId != nil)
      let given = try await bench.incidents.undelivered().items
      #expect(given.map(\.communication.incidentGuid) == [bad.incidentGuid])
      #expect(given[0].communication.status == "FAILED" && given[0].reason.contains("CreatedAt"))
    }
  }

  /// Failure: a long outage. Another server has the channel, and works through what has piled up.
  @Test("Messages of a channel that another server tries are left to it, however old", arguments: TestDatabase.all)
  func triedElsewhere(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<EmailName>(FakeVendor(.refuseForNow("away")))]) { bench in
      try await OutboxTests.post(bench.incidents, bench.incident("first"), channel: "EMAIL", target: "a/1")
      bench.clock.advance(by: 25 * 3600)
      try await OutboxTests.post(bench.incidents, bench.incident("second"), channel: "EMAIL", target: "b/1")
      _ = try await OutboxTests.claim(bench.incidents, "EMAIL")
      try await bench.tamper("UPDATE tocsin_queue SET LeaseUntil = NULL, Attempt = 0")
      #expect(try await Dispatcher(bench.with(channels: [])).giveUpOrphans() == 2)
      #expect(try await bench.incidents.undelivered(status: .failed).items.isEmpty)
    }
  }
}
