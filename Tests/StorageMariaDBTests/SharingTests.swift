import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// Beside what StorageTests say of both engines.
@Suite struct SharingTests {
  @Test func `no write is lost when a thousand come at once, and they share commits`() async throws {
    let bench = try await Bench()
    let before = try Int(bench.sql("SELECT max(Number) FROM tocsin_writer").filter(\.isNumber)) ?? 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<1000 { group.addTask { try await bench.database.write(insert("\(number)")) } }
      try await group.waitForAll()
    }
    #expect(try await bench.count() == 1000)
    let groups = (try Int(bench.sql("SELECT max(Number) FROM tocsin_writer").filter(\.isNumber)) ?? 0) - before
    #expect(groups < 500, "\(groups) commits")
  }

  @Test func `many reads at once share a few connections`() async throws {
    let bench = try await Bench()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<200 { group.addTask { try await bench.count() } }
      for try await count in group { #expect(count == 0) }
    }
    let connections = try bench.sql(
      "SELECT count(*) FROM information_schema.processlist WHERE user = 'tocsin' AND db = database()")
    #expect(try #require(Int(connections.filter(\.isNumber))) <= 9)
  }

  @Test func `a prepared query follows a table that got another column`() async throws {
    let bench = try await Bench()
    try await bench.database.change(insert("x"))
    let before = try await bench.database.read { try $0.row("SELECT * FROM item") }
    #expect(throws: StorageError.self) { try before?.optionalText("More") }
    _ = try bench.sql("ALTER TABLE item ADD COLUMN More VARCHAR(10) DEFAULT 'new'")
    let after = try await bench.database.read { try $0.row("SELECT * FROM item") }
    #expect(try after?.text("More") == "new")
  }

  /// Failure: a server that starts waits for whatever the first write of another one waits for.
  @Test func `the first write of a process does not wait for that of another`() async throws {
    let bench = try await Bench()
    let (one, other) = (try MariaDBDatabase(bench.address), try MariaDBDatabase(bench.address))
    let (begun, written) = (Counter(), Counter())
    async let slow = one.write { _ in
      begun.increment()
      // A body blocks its thread: nothing else of this process stands on it.
      let deadline = ContinuousClock.now + .seconds(5)
      while written.count == 0, ContinuousClock.now < deadline { usleep(10_000) }
      return written.count
    }
    _ = try await eventually("one writes") { begun.count > 0 ? true : nil }
    try await other.change(insert("x"))
    written.increment()
    #expect(try await slow == 1)
  }
}
