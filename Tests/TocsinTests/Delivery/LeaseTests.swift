import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// Claims of servers on several machines, each with a clock of its own.
@Suite struct LeaseTests {
  /// A server on the bench's database whose clock is `seconds` ahead of the bench's.
  private func server(_ bench: TestBench, ahead seconds: Double, _ vendor: FakeVendor = FakeVendor()) async throws
    -> Incidents
  {
    let clock = bench.clock
    return try await Incidents.open(
      bench.path, channels: [FakeChannel<SlackName>(vendor)],
      ambience: Ambience(now: { clock.now.addingTimeInterval(seconds) }))
  }

  /// Claims a message as a process on another machine.
  private func claimElsewhere(_ bench: TestBench) async throws -> Batch {
    try await OutboxTests.post(bench.incidents, bench.incident())
    let claim = try #require(try await OutboxTests.claim(bench.incidents))
    try await OutboxTests.disown(bench)
    return claim
  }

  /// Failure: a clock that is wrong by less than a minute makes messages arrive twice.
  @Test(arguments: TestDatabase.all, [-89.0, -5, 5, 59])
  func `A claim that is renewed in time is not taken over by a server whose clock differs by less than a minute`(
    _ engine: TestDatabase, _ ahead: Double
  ) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let claim = try await claimElsewhere(bench)
      let other = try await server(bench, ahead: ahead)
      for _ in 0..<5 {
        #expect(try await OutboxTests.claim(other) == nil, "right after it was renewed")
        bench.clock.advance(by: Claim.lease / 3)
        #expect(try await OutboxTests.claim(other) == nil, "right before it is renewed")
        try await bench.incidents.database.write { try $0.renewLease(claim) }
      }
    }
  }

  /// What docs/operations.md says of clocks, so that it stays true.
  @Test(arguments: TestDatabase.all, [61.0])
  func `Beyond that it is taken over: the message may go out twice, and the late outcome counts for nothing`(
    _ engine: TestDatabase, _ ahead: Double
  ) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let claim = try await claimElsewhere(bench)
      let other = try await server(bench, ahead: ahead)
      bench.clock.advance(by: Claim.lease / 3)
      let second = try #require(try await OutboxTests.claim(other))
      #expect(second.message.shortRef == claim.message.shortRef && second.message.attempt == 2)
      try await bench.incidents.database.write { try $0.renewLease(claim) }
      try await OutboxTests.settle(bench.incidents, claim, .failure(.permanent("late")))
      try await OutboxTests.settle(other, second, .success(Receipt(externalId: "v")))
      let row = try #require(try await bench.incidents.communications(of: claim.message.incident.incidentGuid).first)
      #expect(row.status == "SENT" && row.externalId == "v")
    }
  }

  /// Failure: a message whose server went down with its machine is never sent.
  @Test(arguments: TestDatabase.all)
  func `A claim of a machine that went down is taken over when it lapses, and not before`(
    _ engine: TestDatabase
  ) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let claim = try await claimElsewhere(bench)
      let other = try await server(bench, ahead: 0, vendor)
      let work = Task { await Dispatcher(other).run() }
      bench.clock.advance(by: Claim.lease - 1)
      try await Task.sleep(for: .seconds(3))
      #expect(vendor.received.isEmpty)
      bench.clock.advance(by: 2)
      _ = try await eventually("it is taken over", within: 5) { vendor.received.isEmpty ? nil : true }
      #expect(vendor.received.map(\.shortRef) == [claim.message.shortRef])
      work.cancel()
      await work.value
    }
  }

  /// Failure: servers draw the same reference, which at 3,000 of 46,656 happens, and a message is refused or lost.
  @Test(arguments: TestDatabase.all)
  func `Three servers give 3,000 messages of one moment references of their own`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let clock = bench.clock
      let refs = try await many(3) { _ in
        let server = try await Incidents.open(bench.path, ambience: Ambience(now: { clock.now }))
        return try await many(20) { _ in
          var refs: [String] = []
          for _ in 0..<50 {
            refs.append(try await server.logCommunication(guid, LoggedCommunication(channel: "PHONE")).shortRef)
          }
          return refs
        }
      }
      #expect(Set(refs.joined().joined()).count == 3000)
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_communication") == 3000)
    }
  }

  @Test func `How far this machine's clock is from the database's can be told`() async throws {
    try await TestDatabase.mariadb.run { bench in
      for ahead in [-120.0, 0, 7] {
        let server = try await Incidents.open(
          bench.path, ambience: Ambience(now: { Date(timeIntervalSinceNow: ahead) }))
        let lead = try #require(try await server.clockLead())
        #expect(abs(lead - ahead) < 2, "\(lead)")
      }
    }
    try await TestDatabase.sqlite.run { bench in
      let lead = try await bench.incidents.clockLead()
      #expect(lead == nil)
    }
  }
}
