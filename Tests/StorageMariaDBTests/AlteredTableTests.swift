import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// Connections keep statements that were prepared when a table had other columns.
@Suite struct AlteredTableTests {
  private let join = "SELECT part.*, item.* FROM part JOIN item ON item.Id = ItemId WHERE item.Name = ?"

  /// One reader, so that it is the same connection each time.
  private func bench() async throws -> Bench {
    var limits = MariaDBLimits()
    limits.readers = 1
    let bench = try await Bench(limits: limits)
    try await bench.database.change { transaction in
      try transaction.execute("INSERT INTO item (Id, Name) VALUES (7, 'seven')")
      try transaction.execute("INSERT INTO part (ItemId) VALUES (7)")
    }
    return bench
  }

  private func expectTheSame(_ bench: Bench) async throws {
    for name in ["seven", "seven"] {
      let query: @Sendable (any Transaction) throws -> [Row] = { [join] in try $0.rows(join, [.text(name)]) }
      for rows in [try await bench.database.read(query), try await bench.database.write(query)] {
        #expect(rows.count == 1)
        #expect(try rows[0].integer("ItemId") == 7 && rows[0].integer("Id") == 7)
        #expect(try rows[0].text("Name") == "seven")
      }
    }
  }

  /// Failure: a newer server adds a column, and this one answers 500 or takes one column for another.
  @Test func `a column that comes or goes meanwhile shifts no other`() async throws {
    let bench = try await bench()
    try await expectTheSame(bench)
    for change in [
      "ALTER TABLE part ADD COLUMN Weight INT NOT NULL DEFAULT 1", "ALTER TABLE part ADD COLUMN Id2 INT FIRST",
      "ALTER TABLE part DROP COLUMN Weight, DROP COLUMN Id2", "CREATE INDEX idx_name ON item (Name, Id)",
    ] {
      _ = try bench.sql(change)
      try await expectTheSame(bench)
    }
  }

  @Test func `as many columns as before, with other names and types, are read as what they are`() async throws {
    let bench = try await bench()
    _ = try bench.sql("ALTER TABLE item ADD COLUMN Weight INT NOT NULL DEFAULT 3")
    let look: @Sendable (any Transaction) throws -> Row? = { try $0.row("SELECT * FROM item") }
    #expect(try await bench.database.read(look)?.integer("Weight") == 3)
    _ = try bench.sql("ALTER TABLE item DROP COLUMN Weight, ADD COLUMN Colour VARCHAR(10) DEFAULT 'dark red'")
    let row = try #require(try await bench.database.read(look))
    #expect(try row.text("Colour") == "dark red" && !row.has("Weight"))
    _ = try bench.sql("ALTER TABLE item MODIFY COLUMN Name VARCHAR(10) FIRST")
    #expect(try await bench.database.read(look)?.integer("Id") == 7)
  }

  /// Failure: a list that is read while a newer server starts fails with error 1412.
  @Test func `a table that changes after a snapshot was taken lets the read begin anew`() async throws {
    let bench = try await bench()
    let runs = Counter()
    let count = try await bench.database.read { transaction in
      runs.increment()
      _ = try transaction.integer("SELECT count(*) FROM part")
      if runs.count == 1 { _ = try bench.sql("ALTER TABLE item ADD COLUMN Colour INT, ALGORITHM=COPY") }
      return try transaction.rows("SELECT * FROM item").count
    }
    #expect(count == 1 && runs.count == 2)
  }

  /// As a migration does, which is not given up so soon.
  private func changeAtLast(_ bench: Bench) async throws {
    while true {
      do {
        return try await bench.database.change { try $0.execute("ALTER TABLE item ADD COLUMN Colour INTEGER") }
      } catch let error as StorageError where error.code == .busy {}
    }
  }

  /// Failure: a dump or a report that holds a table keeps a migration waiting, and all writers behind it.
  @Test func `a change of a table that somebody holds gives way to writers again and again`() async throws {
    var limits = MariaDBLimits()
    limits.tableSeconds = 1
    let bench = try await Bench(limits: limits)
    let other = try MariaDBDatabase(bench.address)
    let (holds, mayGo) = (Counter(), Counter())
    async let held: Void = other.read { transaction in
      _ = try transaction.rows("SELECT * FROM item")
      holds.increment()
      // A body blocks its thread: nothing else of this process stands on it.
      while mayGo.count == 0 { usleep(10_000) }
    }
    _ = try await eventually("somebody holds the table") { holds.count > 0 ? true : nil }
    async let changed: Void = changeAtLast(bench)
    let start = ContinuousClock.now
    var names: [String] = []
    for number in 0..<3 {
      try await Task.sleep(for: .milliseconds(600))
      try await other.change(insert("n\(number)"))
      names.append("n\(number)")
    }
    #expect(try bench.sql("SELECT Name FROM item ORDER BY Name") == names.map { $0 + "\n" }.joined())
    print("three writes beside a change of their table that has to wait: \(ContinuousClock.now - start)")
    mayGo.increment()
    _ = try await (held, changed)
    #expect(holds.count == 1, "the table was held until the writes were done, or the server would have ended that")
    #expect(try bench.sql("SELECT count(Colour) FROM item") == "0\n")
  }
}
