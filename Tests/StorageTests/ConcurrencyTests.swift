import Foundation
import Storage
import TestSupport
import Testing

@Suite("Writing at the same time")
struct ConcurrencyTests {
  @Test("No write is lost when a thousand come at once", arguments: TestDatabase.all)
  func oneProcess(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<1000 { group.addTask { try await bench.database.write(insert("\(number)")) } }
      try await group.waitForAll()
    }
    #expect(try await bench.count() == 1000)
    #expect(try await bench.faults().isEmpty)
  }

  @Test("No write is lost, and none is refused as busy, when several processes share it", arguments: TestDatabase.all)
  func severalDatabases(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let databases = [bench.database] + (try (0..<3).map { _ in try bench.another() })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, database) in databases.enumerated() {
        for number in 0..<150 { group.addTask { try await database.write(insert("\(index)-\(number)")) } }
      }
      try await group.waitForAll()
    }
    for database in databases { #expect(try await bench.count(database) == 600) }
    #expect(try await bench.faults().isEmpty)
  }

  @Test("Read, change and write back in one transaction loses no count", arguments: TestDatabase.all)
  func increments(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    try await bench.database.change { try $0.execute("INSERT INTO item (Id, Name) VALUES (1, '0')") }
    let other = try bench.another()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await (number % 2 == 0 ? bench.database : other).write { transaction in
            let name = try transaction.row("SELECT Name FROM item WHERE Id = 1")?.text("Name")
            let count = (name.flatMap(Int.init) ?? 0) + 1
            try transaction.execute("UPDATE item SET Name = ? WHERE Id = 1", [.text(String(count))])
          }
        }
      }
      try await group.waitForAll()
    }
    let name = try await bench.database.read { try $0.row("SELECT Name FROM item")?.text("Name") }
    #expect(name == "200")
  }

  @Test("A body that throws is undone alone; the others of its group are kept", arguments: TestDatabase.all)
  func rollsBackAlone(_ engine: TestDatabase) async throws {
    struct Refused: Error {}
    let bench = try await Bench(engine)
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
    let wrong = try await bench.database.read { try $0.integer("SELECT count(*) FROM item WHERE Name % 3 = 0") }
    #expect(wrong == 0)
  }

  @Test("A reader sees a constant snapshot and never waits for a writer", arguments: TestDatabase.all)
  func snapshot(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    try await bench.database.change(insert("before"))
    let (entered, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let writer = Task {
      try await bench.database.change { transaction in
        try insert("during")(transaction)
        entered.signal()
        go.wait()
      }
    }
    await wait(for: entered)
    #expect(try await bench.count() == 1)
    go.signal()
    try await writer.value
    #expect(try await bench.count() == 2)
    let counts = try await bench.database.read { transaction in
      let first = try transaction.integer("SELECT count(*) FROM item")
      Task {
        try? await bench.database.change(insert("later"))
        entered.signal()
      }
      entered.wait()
      return [first, try transaction.integer("SELECT count(*) FROM item")]
    }
    #expect(counts == [2, 2])
    #expect(try await bench.count() == 3)
  }

  private func wait(for semaphore: DispatchSemaphore) async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        semaphore.wait()
        continuation.resume()
      }
    }
  }

  @Test("All rows of a transaction share one time, and the next has another", arguments: TestDatabase.all)
  func time(_ engine: TestDatabase) async throws {
    let clock = StillClock()
    let ticking: @Sendable () -> Date = {
      clock.advance(by: 0.001)
      return clock.now
    }
    let database = try await BareDatabase(engine).open(Ambience(now: ticking))
    let times = try await database.write { transaction in [transaction.now, transaction.now] }
    let next = try await database.write(\.now)
    #expect(times[0] == times[1])
    #expect(next > times[0])
  }
}
