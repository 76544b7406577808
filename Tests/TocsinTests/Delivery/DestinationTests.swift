import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite("Destinations")
struct DestinationTests {
  private static let start = Date(timeIntervalSince1970: 1_795_000_000)

  @Test("Five failures in a row pause a destination, for a sixth of the time that it has been down")
  func pauses() {
    var destination = Destination(channel: "SLACK", name: "#ops")
    for second in 0..<4 {
      destination.failed(Self.start.addingTimeInterval(Double(second)), asked: nil)
      #expect(destination.isOpen(Self.start.addingTimeInterval(Double(second))))
    }
    for (down, pause) in [(5.0, 1.0), (30, 5), (120, 20), (7200, 30)] {
      let now = Self.start.addingTimeInterval(down)
      destination.failed(now, asked: nil)
      #expect(!destination.isOpen(now.addingTimeInterval(pause - 0.01)))
      #expect(destination.isOpen(now.addingTimeInterval(pause)))
    }
    destination.answered(Self.start.addingTimeInterval(7201), quiet: nil)
    #expect(destination.isOpen(Self.start.addingTimeInterval(7201)) && destination.failures == 0)
  }

  @Test("An answer to another message never cuts short what the vendor asked for")
  func told() {
    var destination = Destination(channel: "SLACK", name: "#ops")
    destination.failed(Self.start, asked: 30)
    destination.answered(Self.start.addingTimeInterval(1), quiet: nil)
    destination.failed(Self.start.addingTimeInterval(2), asked: 1)
    #expect(!destination.isOpen(Self.start.addingTimeInterval(29.9)))
    #expect(destination.isOpen(Self.start.addingTimeInterval(30)))
    destination.answered(Self.start.addingTimeInterval(31), quiet: 2)
    #expect(!destination.isOpen(Self.start.addingTimeInterval(32.9)))
  }

  @Test("Nobody may ask for more than an hour")
  func longest() {
    var destination = Destination(channel: "SLACK", name: "#ops")
    destination.failed(Self.start, asked: 1e9)
    #expect(destination.isOpen(Self.start.addingTimeInterval(3600)))
  }

  @Test("A rate lets a burst through, and then one message each time its pause is over")
  func rate() {
    var destination = Destination(channel: "SLACK", name: "#ops")
    let rate = SendRate(burst: 3, oneEvery: 2)
    var sent = 0
    for tenth in 0..<200 {
      let now = Self.start.addingTimeInterval(Double(tenth) / 10)
      guard destination.isOpen(now) else { continue }
      destination.begin(now, rate)
      sent += 1
      if tenth == 0 {
        destination.begin(now, rate)
        destination.begin(now, rate)
        sent += 2
        #expect(!destination.isOpen(now))
      }
    }
    // 3 at once, and one every 2 seconds over 20 seconds.
    #expect(sent == 3 + 9)
  }

  /// Failure: a vendor is down while many messages wait for it.
  @Test(
    "Messages to a destination that is down cost one try at a time, and all go out when it is back",
    arguments: TestDatabase.all)
  func outage(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incidents = bench.incidents
      for number in 0..<40 {
        try await OutboxTests.post(incidents, bench.incident("\(number)"), target: "host/\(number)")
      }
      let elsewhere = try await OutboxTests.post(incidents, bench.incident(), target: "other")
      // Ten minutes, in which every due message is tried at once.
      var tries: [Int] = []
      for _ in 0..<120 {
        _ = try await Dispatcher(incidents).runOnce()
        tries.append(vendor.received.count)
        bench.clock.advance(by: 5)
      }
      #expect(tries[0] <= 48, "a burst of workers, and then it is paused")
      #expect(tries[119] - tries[0] < 250, "\(tries[119]) tries in ten minutes for 41 messages")
      vendor.answer(.accept)
      bench.clock.advance(by: 31)
      _ = try await Dispatcher(incidents).runOnce()
      let left = try await bench.integer(
        "SELECT count(*) FROM tocsin_queue WHERE CommunicationGuid <> ?", [.text(elsewhere.communicationGuid)])
      #expect(left == 0)
      #expect(Set(vendor.received.map(\.shortRef)).count == 41)
      #expect(try await incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(
    "While a destination asks for patience nothing is sent there, by any process, and others go on",
    arguments: TestDatabase.all)
  func patience(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("too many", after: 30))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let (a, b) = (try await bench.incident("A"), try await bench.incident("B"))
      try await OutboxTests.post(bench.incidents, a, target: "host/a")
      _ = try await Dispatcher(bench.incidents).runOnce()
      vendor.answer(.accept)
      // Another process: nothing is shared but the database.
      let other = bench.with(channels: [FakeChannel<SlackName>(vendor)])
      try await OutboxTests.post(other, b, target: "host/b")
      try await OutboxTests.post(other, b, target: "elsewhere")
      bench.clock.advance(by: 29.9)
      #expect(try await Dispatcher(other).runOnce() == 2)
      #expect(vendor.received.map(\.target) == ["host/a", "elsewhere"])
      bench.clock.advance(by: 0.1)
      #expect(try await Dispatcher(other).runOnce() == 0)
      #expect(vendor.received.count == 4)
    }
  }

  @Test("A channel's rate is kept for each destination, and CRITICAL overtakes", arguments: TestDatabase.all)
  func overtakes(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      for number in 0..<5 {
        let low = try await bench.incident("low \(number)", severity: .low)
        try await OutboxTests.post(bench.incidents, low, channel: "WHATSAPP", target: "room")
      }
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(vendor.received.count == 2)
      try await OutboxTests.post(bench.incidents, bench.incident("now"), channel: "WHATSAPP", target: "room")
      for expected in 3...6 {
        #expect(try await Dispatcher(bench.incidents).runOnce() == 7 - expected)
        bench.clock.advance(by: 1)
        _ = try await Dispatcher(bench.incidents).runOnce()
        #expect(vendor.received.count == expected)
      }
      let titles = vendor.received.map(\.incident.title)
      // The first two are of two incidents, and went out at the same time.
      #expect(titles.prefix(2).sorted() == ["low 0", "low 1"])
      #expect(titles.dropFirst(2) == ["now", "low 2", "low 3", "low 4"])
    }
  }
}
