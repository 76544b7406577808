import TestSupport
import Testing

@testable import Tocsin

@Suite("Isolation")
struct IsolationTests {
  /// Failure: a vendor takes connections and never answers, while many messages wait for it.
  @Test("A channel that hangs never keeps another one waiting", arguments: TestDatabase.all)
  func hangs(_ engine: TestDatabase) async throws {
    let (dead, alive) = (FakeVendor(.hang), FakeVendor())
    try await engine.run(channels: [FakeChannel<SlackName>(dead), FakeChannel<EmailName>(alive)]) { bench in
      let incidents = bench.incidents
      for number in 0..<100 { try await OutboxTests.post(incidents, bench.incident("\(number)"), channel: "SLACK") }
      let work = Task { await Dispatcher(incidents).run() }
      _ = try await eventually("all that may hang do") {
        dead.received.count == Crew.limitPerDestination ? true : nil
      }
      for number in 0..<50 {
        try await OutboxTests.post(incidents, bench.incident("\(number)"), channel: "EMAIL")
        incidents.outboxBell.ring()
        _ = try await eventually("message \(number) is accepted at once", within: 5) {
          alive.received.count > number ? true : nil
        }
      }
      #expect(dead.received.count == Crew.limitPerDestination)
      dead.answer(.refuse("gone"))
      work.cancel()
      await work.value
    }
  }

  /// Failure: of many receivers on one channel, three hang.
  @Test("Destinations that hang leave workers for the others of their channel", arguments: TestDatabase.all)
  func hangingDestinations(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.hangFor("dead"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incidents = bench.incidents
      for number in 0..<60 {
        try await OutboxTests.post(incidents, bench.incident("\(number)"), target: "dead-\(number % 3)/\(number)")
      }
      let work = Task { await Dispatcher(incidents).run() }
      _ = try await eventually("three destinations hang") { vendor.received.count == 24 ? true : nil }
      try await OutboxTests.post(incidents, bench.incident("urgent"), target: "alive")
      incidents.outboxBell.ring()
      _ = try await eventually("the living one is served") {
        vendor.received.last?.target == "alive" ? true : nil
      }
      #expect(vendor.received.count == 25)
      vendor.answer(.refuse("gone"))
      work.cancel()
      await work.value
    }
  }
}
