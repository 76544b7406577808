import Storage
import TestSupport
import Testing

/// Failure: something is told to the world that was undone after all, or told twice.
@Suite struct WhenCommittedTests {
  private struct Undone: Error {}

  @Test(arguments: TestDatabase.all)
  func `What waits for the commit is done once, in order, before the caller goes on`(_ engine: TestDatabase)
    async throws
  {
    let bench = try await Bench(engine)
    let told = Collected<Int>()
    try await bench.database.write { transaction in
      transaction.whenCommitted { told.add(1) }
      transaction.whenCommitted { told.add(2) }
      try transaction.execute("INSERT INTO item (Name) VALUES ('a')")
    }
    #expect(told.all == [1, 2])
  }

  @Test(arguments: TestDatabase.all)
  func `A change that is undone tells nothing, and those who share its commit tell theirs`(_ engine: TestDatabase)
    async throws
  {
    let bench = try await Bench(engine)
    let told = Collected<Int>()
    await withDiscardingTaskGroup { group in
      for number in 0..<100 {
        group.addTask {
          try? await bench.database.write { transaction in
            transaction.whenCommitted { told.add(number) }
            if number % 2 == 1 { throw Undone() }
          }
        }
      }
    }
    #expect(told.all.sorted() == (0..<100).filter { $0 % 2 == 0 })
  }

  @Test(arguments: TestDatabase.all)
  func `A read tells nothing`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let told = Collected<Int>()
    try await bench.database.read { transaction in transaction.whenCommitted { told.add(1) } }
    #expect(told.all.isEmpty)
  }
}
