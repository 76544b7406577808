import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Tocsin

/// A program of today on a database that a program of tomorrow migrates meanwhile.
@Suite struct RollingUpgradeTests {
  /// What writers were answered.
  private final class Tally: Sendable {
    private let notes = Mutex((accepted: Set<String>(), failures: [Failure](), slowest: Duration.zero))

    var accepted: Set<String> { notes.withLock { $0.accepted } }
    var failures: [Failure] { notes.withLock { $0.failures } }
    var slowest: Duration { notes.withLock { $0.slowest } }

    func note(_ title: String, _ duration: Duration) {
      notes.withLock {
        $0.accepted.insert(title)
        $0.slowest = max($0.slowest, duration)
      }
    }

    func note(_ error: any Error) { notes.withLock { $0.failures.append(Failure(error)) } }
  }

  /// Opens incidents, eight tasks at a time, while `body` runs and for a moment after.
  private func underLoad(
    _ servers: [Incidents], _ work: @escaping @Sendable (Incidents, Incident) async throws -> Void = { _, _ in },
    _ body: () async throws -> Void
  ) async throws -> Tally {
    let tally = Tally()
    let ends = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          var number = 0
          while ends.count == 0 {
            number += 1
            let (title, start) = ("\(writer)-\(number)", ContinuousClock.now)
            do {
              let server = servers[writer % servers.count]
              let incident = try await server.create(title: title, severity: .high, package: "P", by: "w")
              tally.note(title, ContinuousClock.now - start)
              try await work(server, incident)
            } catch {
              tally.note(error)
              // A program that may do nothing is not asked as fast as it can answer.
              try await Task.sleep(for: .milliseconds(5))
            }
          }
        }
      }
      try await Task.sleep(for: .milliseconds(300))
      try await body()
      try await Task.sleep(for: .milliseconds(300))
      ends.increment()
      try await group.waitForAll()
    }
    return tally
  }

  /// Failure: while a newer server adds columns, an older one answers 500, mixes columns up, or loses what it acknowledged.
  @Test(arguments: TestDatabase.all)
  func `Every call of two old servers works before, while and after every table gets a column and an index`(
    _ engine: TestDatabase
  ) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      let other = try await Incidents.open(bench.path, channels: [FakeChannel<EmailName>(vendor)])
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL")
      var took = Duration.zero
      let tally = try await underLoad([bench.incidents, other], everyCall) {
        took = try await bench.migrate(NextSchema.additive)
      }
      #expect(tally.failures == [])
      let titles = try await bench.incidents.database.read { transaction in
        try transaction.rows("SELECT Title FROM data_incident WHERE Severity = 'HIGH'").map { try $0.text("Title") }
      }
      #expect(Set(titles) == tally.accepted && titles.count == tally.accepted.count)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_queue") == 0)
      #expect(vendor.received.count == tally.accepted.count)
      print(
        "\(engine): \(NextSchema.tables.count) tables changed in \(took) under load; \(tally.accepted.count) incidents, "
          + "the slowest took \(tally.slowest)")
    }
  }

  /// Reads and writes by way of most tables, and joins among them.
  @Sendable private func everyCall(_ incidents: Incidents, _ incident: Incident) async throws {
    let guid = incident.incidentGuid
    try await incidents.updateStatus(guid, to: .investigating, by: "w")
    try await incidents.addNote(guid, type: .general, content: "n")
    let alert = Data(#"{"dedup_key": "\#(guid)", "title": "A", "severity": "warning"}"#.utf8)
    try await incidents.receive(PlainJSON.alerts(in: alert, now: Date()))
    let known = try await incidents.alerts(AlertFilter(), page: PageRequest(limit: 1)).items[0]
    try await incidents.linkAlert(known.alertGuid, to: guid)
    let told = try await incidents.notify(guid, notifyCode: "R")
    guard told.sent == 1, let ref = told.communications.first?.shortRef else {
      throw Failure(.internal, "not told: \(told)")
    }
    guard try await incidents.communication(ref: ref)?.incidentTitle == incident.title,
      try await incidents.alerts(of: guid).first?.alert?.title == known.title,
      try await incidents.timeline(of: guid).count >= 4,
      try await incidents.report(guid, format: .json).contains(incident.title)
    else { throw Failure(.internal, "columns are mixed up") }
    _ = try await incidents.list()
  }

  @Test(arguments: TestDatabase.all)
  func `An old program opens a database that it works beside, and changes nothing about its schema`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      _ = try await bench.migrate(NextSchema.additive)
      let again = try await Incidents.open(bench.path)
      try await again.create(title: "after", severity: .low, package: "P")
      let standing = try await again.database.read { try Migrations.migrator.standing($0) }
      #expect(standing.schema == NextSchema.number && standing.oldestProgram == Migrations.migrator.newest)
      #expect(standing.isNewer)
    }
  }

  /// Failure: an old server that nobody stopped goes on by the old rules on tables that follow new ones.
  @Test(arguments: TestDatabase.all)
  func `Where an old program cannot work beside it, each write is whole by the old rules or refused, and none is both`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let other = try await Incidents.open(bench.path)
      let tally = try await underLoad([bench.incidents, other]) { _ = try await bench.migrate(NextSchema.breaking) }
      #expect(!tally.failures.isEmpty)
      #expect(
        tally.failures.allSatisfy { $0.code == .unavailable && $0.message.contains("written by a newer Tocsin") },
        "\(Set(tally.failures.map(\.message)))")
      let fresh = try DatabasePlace(bench.path).open()
      let titles = try await fresh.read { transaction in
        try transaction.rows("SELECT Title FROM data_incident").map { try $0.text("Title") }
      }
      #expect(Set(titles) == tally.accepted && titles.count == tally.accepted.count)
      for server in [bench.incidents, other] {
        #expect(await refusal { _ = try await server.list() }?.code == .newer, "nor is anything read")
      }
      let refused = await refusal { _ = try await Incidents.open(bench.path) }
      #expect(refused?.code == .newer, "\(refused?.message ?? "opened")")
    }
  }

  /// Failure: a server that has nothing to write never learns that it is too old, and its readers wait for ever.
  @Test(arguments: TestDatabase.all)
  func `An idle server learns within seconds that it is too old, and sends its listeners away`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      var listener = try await bench.incidents.timelineFeed.listen()
      let work = Task { await Dispatcher(bench.incidents).run() }
      _ = try await bench.migrate(NextSchema.breaking)
      _ = try await eventually("it knows", within: 5) { bench.incidents.isTooOld ? true : nil }
      _ = try await eventually("its listeners are told") { try await listener.next() == nil ? true : nil }
      work.cancel()
      await work.value
    }
  }

  /// Failure: one writer that waits for something keeps a migration waiting, and the migration all other writers.
  @Test func `On MariaDB a migration that waits for one writer lets the others go on`() async throws {
    try await TestDatabase.mariadb.run { bench in
      let other = try await Incidents.open(bench.path)
      let (held, written) = (Counter(), Counter())
      async let slow = bench.incidents.database.write { _ in
        held.increment()
        // A body blocks its thread: nothing else of this process stands on it.
        let deadline = ContinuousClock.now + .seconds(6)
        while written.count < 3, ContinuousClock.now < deadline { usleep(10_000) }
        return written.count
      }
      _ = try await eventually("somebody writes") { held.count > 0 ? true : nil }
      async let migrated = bench.migrate(NextSchema.breaking)
      // It is waiting by now.
      try await Task.sleep(for: .milliseconds(500))
      for number in 0..<3 {
        try await other.create(title: "beside \(number)", severity: .low, package: "P")
        written.increment()
      }
      #expect(try await slow == 3)
      _ = try await migrated
      let refused = await refusal { _ = try await other.create(title: "after", severity: .low, package: "P") }
      #expect(refused?.code == .newer)
    }
  }

  /// Failure: a message whose answer came too late is tried to be put on record for ever, and the program never ends.
  @Test(arguments: TestDatabase.all)
  func `An answer that comes when the program has become too old is let go, and the message stays for a newer one`(
    _ engine: TestDatabase
  ) async throws {
    let vendor = FakeVendor(.hang)
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await OutboxTests.post(bench.incidents, bench.incident(), channel: "EMAIL")
      let work = Task { try await Dispatcher(bench.incidents).runOnce() }
      _ = try await eventually("it is on its way") { vendor.received.isEmpty ? nil : true }
      _ = try await bench.migrate(NextSchema.breaking)
      vendor.answer(.accept)
      _ = try await eventually("nothing is on its way") { bench.incidents.underWay.isEmpty ? true : nil }
      _ = try? await work.value
      let left = try await DatabasePlace(bench.path).open().read { try $0.integer("SELECT count(*) FROM tocsin_queue") }
      #expect(bench.incidents.isTooOld && left == 1)
    }
  }

  /// Failure: a migration that is under way, or was interrupted, is no reason for an old program to stop.
  @Test func `On MariaDB an old program is refused from the first step of a migration that it cannot work beside`()
    async throws
  {
    struct Crash: Error {}
    try await TestDatabase.mariadb.run { bench in
      bench.spoil()
      let migration = Migration(NextSchema.number, "next", worksBeside: NextSchema.number) { _ in throw Crash() }
      let migrator = Migrator(Migrations.migrator.migrations + [migration])
      await #expect(throws: Crash.self) { _ = try await migrator.migrate(DatabasePlace(bench.path).open()) }
      #expect(await refusal { _ = try await bench.incident() }?.code == .newer)
      #expect(await refusal { _ = try await Incidents.open(bench.path) }?.code == .newer)
      // The new program goes on where it was.
      let applied = try await NextSchema.additive.migrate(DatabasePlace(bench.path).open())
      #expect(applied == [NextSchema.number])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Servers that start together give a database of before its record of who may work on it`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      try await bench.tamper("ALTER TABLE tocsin_migration DROP COLUMN WorksBeside")
      let servers = try await many(4) { _ in try await Incidents.open(bench.path) }
      for server in servers { try await server.create(title: "T", severity: .low, package: "P") }
      #expect(
        try await bench.integer("SELECT WorksBeside FROM tocsin_migration WHERE Number = 1")
          == Migrations.migrator.migrations.map(\.worksBeside).max())
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_migration") == Migrations.migrator.newest)
    }
  }
}
