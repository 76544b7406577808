import Storage
import TestSupport
import Testing

@Suite struct AlteredTableTests {
  /// Failure: another process adds a column, and this one takes one column for another.
  @Test func `A column that another process adds or drops shifts no other`() async throws {
    let bench = try await Bench()
    let other = try bench.another()
    try await bench.database.change { transaction in
      try transaction.execute("INSERT INTO item (Id, Name) VALUES (7, 'seven')")
      try transaction.execute("INSERT INTO part (ItemId) VALUES (7)")
    }
    let query: @Sendable (any Transaction) throws -> Row? = {
      try $0.row("SELECT part.*, item.* FROM part JOIN item ON item.Id = ItemId")
    }
    for change in [
      "SELECT 1", "ALTER TABLE part ADD COLUMN Weight INTEGER DEFAULT 1", "ALTER TABLE part DROP COLUMN Weight",
    ] {
      try await other.change { _ = try $0.rows(change) }
      for row in [try await bench.database.read(query), try await bench.database.write(query)] {
        #expect(try row?.integer("ItemId") == 7 && row?.integer("Id") == 7 && row?.text("Name") == "seven", "\(change)")
      }
    }
  }
}
