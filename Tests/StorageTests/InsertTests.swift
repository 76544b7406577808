import Storage
import TestSupport
import Testing

@Suite struct InsertTests {
  /// 343 = 5 × 64 + 1 × 16 + 1 × 4 + 3.
  @Test(arguments: TestDatabase.all, [0, 1, 3, 64, 343])
  func `Any number of rows goes in, each once and in their order`(_ engine: TestDatabase, _ count: Int) async throws {
    let bench = try await Bench(engine)
    let rows = (0..<count).map { [SQLValue.integer($0 + 1), .text("n\($0)")] }
    try await bench.database.change { try $0.insert(into: "item", "Id, Name", rows) }
    let kept = try await bench.database.read { transaction in
      try transaction.rows("SELECT Id, Name FROM item ORDER BY Id").map { row in
        [SQLValue.integer(try row.integer("Id")), .text(try row.text("Name"))]
      }
    }
    #expect(kept == rows)
  }

  /// Failure: hundreds of long rows make a statement that is longer than the server takes.
  @Test(arguments: TestDatabase.all)
  func `Long rows go in, however many`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let text = String(repeating: "é", count: 150_000)
    try await bench.database.change { transaction in
      try transaction.execute("CREATE TABLE long_text (Id INTEGER PRIMARY KEY, Body TEXT NOT NULL)")
    }
    try await bench.database.change { transaction in
      try transaction.insert(into: "long_text", "Id, Body", (1...70).map { [.integer($0), .text(text)] })
    }
    let sum = try await bench.database.read { try $0.integer("SELECT sum(length(Body)) FROM long_text") }
    #expect(sum == 70 * (engine == .mariadb ? 300_000 : 150_000))
  }
}
