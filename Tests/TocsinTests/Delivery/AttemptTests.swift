import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite("Attempts")
struct AttemptTests {
  /// Failure: the process ends between the network and the record.
  @Test(
    "An attempt without a known end is on record as unclear, and the message is sent again", arguments: TestDatabase.all
  )
  func unclear(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let posted = try await OutboxTests.post(bench.incidents, bench.incident())
      _ = try await OutboxTests.claim(bench.incidents)
      try await OutboxTests.disown(bench)
      bench.clock.advance(by: Claim.lease + 1)
      _ = try await Dispatcher(bench.incidents).runOnce()
      let located = try #require(try await bench.incidents.communication(ref: posted.shortRef))
      #expect(located.attempts.map(\.outcome) == [.unclear, .accepted])
      #expect(located.attempts.map { $0.durationMs != nil } == [false, true])
      #expect(located.nextAt == nil)
    }
  }

  /// Failure: the vendor has the message, but its answer was lost; it has no key against duplicates.
  @Test(
    "A channel that can look up is asked after an unclear attempt, until it has answered", arguments: TestDatabase.all)
  func looksUp(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<AskedName>(vendor)]) { bench in
      let incidents = bench.incidents
      let there = try await OutboxTests.post(incidents, bench.incident("there"), channel: "SMS")
      let batch = try #require(try await OutboxTests.claim(incidents, "SMS"))
      _ = try await incidents.channels["SMS"]?.send(batch.message)
      let lost = try await OutboxTests.post(incidents, bench.incident("lost"), channel: "SMS")
      _ = try await OutboxTests.claim(incidents, "SMS")
      try await OutboxTests.disown(bench)
      bench.clock.advance(by: Claim.lease + 1)
      _ = try await Dispatcher(incidents).runOnce()
      #expect(vendor.received.map(\.shortRef) == [there.shortRef, lost.shortRef], "each exactly once")
      #expect(try await incidents.communication(ref: there.shortRef)?.communication.externalId == "found")
      #expect(try await incidents.communication(ref: lost.shortRef)?.communication.status == "SENT")
    }
  }

  /// Failure: kill -9. Nobody waits for the lease when the process is known to be gone.
  @Test(
    "The claims of a process that has ended are taken back at once; those of a living one are not",
    arguments: TestDatabase.all)
  func leases(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      try await OutboxTests.post(bench.incidents, bench.incident())
      _ = try await OutboxTests.claim(bench.incidents)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 1)
      #expect(vendor.received.isEmpty, "this process holds the claim, and is alive")
      let gone = try await self.identityOfAnEndedProcess()
      try await bench.tamper("UPDATE tocsin_queue SET Owner = ?", [.text(gone)])
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 1)
    }
  }

  @Test("Only a process of this boot and namespace is ever thought to have ended")
  func identities() async throws {
    let own = ProcessIdentity.current
    #expect(!own.isEmpty && !ProcessIdentity.hasEnded(own))
    let parts = own.split(separator: "/").map(String.init)
    #expect(ProcessIdentity.hasEnded([parts[0], parts[1], parts[2], "1"].joined(separator: "/")), "another start")
    #expect(!ProcessIdentity.hasEnded(["other-boot", parts[1], parts[2], "1"].joined(separator: "/")))
    #expect(!ProcessIdentity.hasEnded([parts[0], "pid:[1]", parts[2], "1"].joined(separator: "/")))
    for odd in ["", "x", "///", "\(own)/x"] { #expect(!ProcessIdentity.hasEnded(odd)) }
  }

  private func identityOfAnEndedProcess() async throws -> String {
    // The same number, started at another time: what a reused number looks like.
    var parts = ProcessIdentity.current.split(separator: "/").map(String.init)
    parts[3] = "1"
    return parts.joined(separator: "/")
  }

  /// Failure: the vendor's list of messages cannot be read. Two pages are better than none.
  @Test("A vendor that cannot be asked gets the message again", arguments: TestDatabase.all)
  func cannotAsk(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("no answer in time"))
    try await engine.run(channels: [FakeChannel<AskedName>(vendor, cannotBeAsked: true)]) { bench in
      try await OutboxTests.post(bench.incidents, bench.incident(), channel: "SMS")
      _ = try await Dispatcher(bench.incidents).runOnce()
      vendor.answer(.accept)
      bench.clock.advance(by: 60)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 2)
    }
  }

  /// Failure: a vendor takes longer than the lease, or the clock is set forward.
  @Test("What this process has under way it never claims again", arguments: TestDatabase.all)
  func ownClaims(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      try await OutboxTests.post(bench.incidents, bench.incident())
      let batch = try #require(try await OutboxTests.claim(bench.incidents))
      bench.clock.advance(by: 86_400)
      #expect(try await OutboxTests.claim(bench.incidents) == nil)
      try await OutboxTests.disown(bench)
      try await bench.incidents.database.write { try $0.renewLease(batch) }
      #expect(try await OutboxTests.claim(bench.incidents) == nil, "the lease was renewed")
    }
  }

  /// Failure: the clock was years ahead for a moment, while a destination was paused and a message waited.
  @Test("Times that lie too far ahead to be true hold nothing back", arguments: TestDatabase.all)
  func clockWentBack(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("away", after: 3600))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      bench.clock.advance(by: 86_400 * 365)
      try await OutboxTests.post(bench.incidents, bench.incident(), target: "a")
      _ = try await Dispatcher(bench.incidents).runOnce()
      bench.clock.advance(by: -86_400 * 365)
      vendor.answer(.accept)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 2)
    }
  }
}
