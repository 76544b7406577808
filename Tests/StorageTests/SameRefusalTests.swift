import Storage
import TestSupport
import Testing

/// Failure: one engine keeps what the other refuses, and a copy, or a test on one of them, says nothing about the other.
@Suite struct SameRefusalTests {
  private func database(_ engine: TestDatabase) async throws -> any Database {
    let database = try await BareDatabase(engine).open()
    try await database.change { transaction in
      try transaction.execute(
        """
        CREATE TABLE kept (Id INTEGER PRIMARY KEY, Number INTEGER, At DATETIME, Word ENUM('A', 'B'), Short VARCHAR(3),
          Document JSON, Wanted INTEGER NOT NULL DEFAULT 1, INDEX idx_at (At))
        """)
      try transaction.execute("ALTER TABLE kept ADD COLUMN Late VARCHAR(3)")
      try transaction.execute("ALTER TABLE kept ADD COLUMN LateAt DATETIME")
      try transaction.execute("ALTER TABLE kept ADD COLUMN LateNumber INTEGER NOT NULL DEFAULT 0")
    }
    return database
  }

  private static let refused: [(column: String, values: [SQLValue])] = [
    ("Id", ["x", ""]), ("Number", ["abc", "", "1x", .text(" ")]), ("Wanted", [.null, "abc"]),
    (
      "At",
      [
        "soon", "", "now", "2026-02-30 10:00:00", "2026-11-21 25:00:00", "2026-11-21 10:00:00Z",
        "2026-11-21 10:00:00+02:00", "0000-00-00 00:00:00",
      ]
    ), ("Word", ["C", "", "a", "AB"]), ("Short", ["abcd", "abc ", "abc    ", "🔥🔥🔥🔥"]),
    ("Document", ["{", "", "{'a':1}"]),
    ("Late", ["abcd", "abc "]), ("LateAt", ["soon"]), ("LateNumber", ["abc", .null]),
  ]

  private static let accepted: [(column: String, values: [SQLValue])] = [
    ("Number", [.null, 12, "12", .integer(Int64.max), .integer(Int64.min)]), ("Late", [.null, "abc", "🔥🔥🔥"]),
    ("LateNumber", [7]),
    ("At", [.null, "2026-11-21 10:00:00", "2026-11-21 10:00:00.123", "2024-02-29 23:59:59.999"]),
    ("Word", [.null, "A"]),
    ("Short", ["", "ab ", "   "]), ("Document", [.null, "{}", "[1, 2]", "\"x\""]),
  ]

  @Test(arguments: TestDatabase.all)
  func `both engines refuse the same values, with the same code, and keep nothing`(_ engine: TestDatabase) async throws
  {
    let database = try await database(engine)
    for (column, values) in Self.refused {
      for value in values {
        let error = await refusal {
          try await database.change { try $0.execute("INSERT INTO kept (\(column)) VALUES (?)", [value]) }
        }
        #expect(error?.code == .check, "\(column) \(value): \(error?.message ?? "accepted")")
      }
    }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM kept") } == 0)
  }

  @Test(arguments: TestDatabase.all)
  func `both engines take the same values, and give them back`(_ engine: TestDatabase) async throws {
    let database = try await database(engine)
    for (column, values) in Self.accepted {
      for value in values {
        let read = try await database.write { transaction in
          try transaction.execute("INSERT INTO kept (\(column)) VALUES (?)", [value])
          return try transaction.row("SELECT \(column) FROM kept ORDER BY Id DESC LIMIT 1")?.optionalText(column)
        }
        let expected = Row(columns: ["x"], values: [value])
        #expect(try read?.prefix(19) == expected.optionalText("x")?.prefix(19), "\(column)")
      }
    }
  }
}
