import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
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

  @Test func `read, change and write back loses no count when several servers do it`() async throws {
    let bench = try await Bench()
    try await bench.database.change { try $0.execute("INSERT INTO item (Id, Name) VALUES (1, '0')") }
    let others = try (0..<3).map { _ in try MariaDBDatabase(bench.address, limits: .patient) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          try await others[number % 3].write { transaction in
            let name = try transaction.row("SELECT Name FROM item WHERE Id = 1")?.text("Name")
            let count = (name.flatMap(Int.init) ?? 0) + 1
            try transaction.execute("UPDATE item SET Name = ? WHERE Id = 1", [.text(String(count))])
          }
        }
      }
      try await group.waitForAll()
    }
    let name = try await bench.database.read { try $0.row("SELECT Name FROM item")?.text("Name") }
    #expect(name == "300")
  }

  @Test func `a body that throws is undone alone; the others of its group are kept`() async throws {
    struct Refused: Error {}
    let bench = try await Bench()
    let failures = Counter()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          do {
            try await bench.database.change { transaction in
              try insert("\(number)")(transaction)
              if number % 3 == 0 { throw Refused() }
            }
          } catch is Refused {
            failures.increment()
          } catch {
            Issue.record(error)
          }
        }
      }
    }
    #expect(failures.count == 100)
    #expect(try await bench.count() == 200)
    #expect(try await bench.database.read { try $0.integer("SELECT count(*) FROM item WHERE Name % 3 = 0") } == 0)
  }

  @Test func `a reader sees a constant snapshot and never waits for a writer`() async throws {
    let bench = try await Bench()
    try await bench.database.change(insert("before"))
    let seen = Collected<Int>()
    try await bench.database.change { transaction in
      try insert("during")(transaction)
      let done = DispatchSemaphore(value: 0)
      Task {
        seen.add((try? await bench.count()) ?? -1)
        done.signal()
      }
      done.wait()
    }
    #expect(seen.all == [1])
    #expect(try await bench.count() == 2)
    let counts = try await bench.database.read { transaction in
      let first = try transaction.integer("SELECT count(*) FROM item")
      _ = try bench.sql("INSERT INTO item (Name) VALUES ('later')")
      return [first, try transaction.integer("SELECT count(*) FROM item")]
    }
    #expect(counts == [2, 2])
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

  @Test func `what waits for the commit happens once, and only for what was kept`() async throws {
    struct Refused: Error {}
    let bench = try await Bench()
    let kept = Counter()
    try await bench.database.change { transaction in transaction.whenCommitted { kept.increment() } }
    #expect(kept.count == 1)
    try? await bench.database.change { transaction in
      transaction.whenCommitted { kept.increment() }
      throw Refused()
    }
    #expect(kept.count == 1)
  }
}

extension MariaDBLimits {
  /// For tests in which conflicts are the rule.
  static var patient: MariaDBLimits {
    var limits = MariaDBLimits()
    limits.tries = 12
    return limits
  }
}
