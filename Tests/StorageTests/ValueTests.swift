import Foundation
import Storage
import TestSupport
import Testing

@Suite struct ValueTests {
  @Test(
    arguments: TestDatabase.all,
    [
      .null, 0, .integer(Int64.max), .integer(Int64.min), .real(0.1), .real(-1e300), .text(""), .text(" trailing  "),
      .text("🔥 日本語 e\u{301}"), .text("it's \\ \"quoted\" \\n %_ ; --"), .text(String(repeating: "x", count: 63)),
      .text(String(repeating: "y", count: 64)), .text(String(repeating: "é🔥", count: 200_000)),
    ] as [SQLValue])
  func `a value comes back as it was bound`(_ engine: TestDatabase, _ value: SQLValue) async throws {
    let bench = try await Bench(engine)
    let kind =
      switch value {
      case .integer: "INTEGER"
      case .real: "DOUBLE"
      case .null, .text: "TEXT"
      }
    let row = try await bench.database.write { transaction in
      try transaction.execute("CREATE TABLE kept (Value \(kind))")
      try transaction.execute("INSERT INTO kept (Value) VALUES (?)", [value])
      return try transaction.row("SELECT Value FROM kept")
    }
    #expect(try row?.value("Value") == value)
  }

  @Test(arguments: TestDatabase.all)
  func `long and short texts of one answer do not mix`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let texts = (0..<60).map { String(repeating: "\($0 % 10)", count: $0 % 3 == 0 ? $0 * 50 : $0) }
    let read = try await bench.database.write { transaction in
      try transaction.execute("CREATE TABLE kept (Id INTEGER PRIMARY KEY, Left1 TEXT, Right1 TEXT)")
      for text in texts {
        try transaction.execute(
          "INSERT INTO kept (Left1, Right1) VALUES (?, ?)", [.text(text), text.isEmpty ? nil : .text(text)])
      }
      return try transaction.rows("SELECT Left1, Right1 FROM kept ORDER BY Id")
        .map { [try $0.text("Left1"), try $0.optionalText("Right1") ?? ""] }
    }
    #expect(read == texts.map { [$0, $0] })
  }

  @Test(arguments: TestDatabase.all)
  func `a time keeps its milliseconds, and compares with text`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let time = try #require(UTC.parseRFC3339("2026-11-21T16:28:03.120Z"))
    let row = try await bench.database.write { transaction in
      try transaction.execute("CREATE TABLE moment (At DATETIME NOT NULL, Since DATETIME DEFAULT CURRENT_TIMESTAMP)")
      try transaction.execute("INSERT INTO moment (At) VALUES (?)", [.time(time)])
      return try transaction.row(
        "SELECT * FROM moment WHERE At > ? AND At <= ?", [.time(time.addingTimeInterval(-0.001)), .time(time)])
    }
    #expect(try row?.text("At") == "2026-11-21 16:28:03.120")
    #expect(try row?.time("At") == time)
    let since = try #require(try row?.time("Since"))
    #expect(abs(since.timeIntervalSinceNow) < 100, "the server's own time zone is not ours")
  }

  @Test(arguments: TestDatabase.all)
  func `sums are whole, averages are not`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let row = try await bench.database.write { transaction in
      for number in 1...2 {
        try transaction.execute("INSERT INTO item (Id, Name) VALUES (?, ?)", [.integer(number), .text("\(number)")])
      }
      return try transaction.row(
        "SELECT sum(Id) AS Total, avg(Id) AS Middle, max(Id) AS Most, count(*) AS Number FROM item")
    }
    #expect(try row?.integer("Total") == 3 && row?.integer("Most") == 2 && row?.integer("Number") == 2)
    #expect(try row?.value("Middle") == .real(1.5))
  }

  @Test(arguments: TestDatabase.all)
  func `texts compare by character, case, accents and trailing spaces included`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let names = ["a", "A", "a ", "ä", "Z", "é"]
    let read = try await bench.database.write { transaction in
      for name in names { try insert(name)(transaction) }
      return (
        try transaction.rows("SELECT Name FROM item ORDER BY Name").map { try $0.text("Name") },
        try transaction.integer("SELECT count(*) FROM item WHERE Name = 'a'"),
        try transaction.row("SELECT 'a' || 'b' AS Joined, '\\n' AS Line")
      )
    }
    #expect(read.0 == ["A", "Z", "a", "a ", "ä", "é"])
    #expect(read.1 == 1)
    #expect(try read.2?.text("Joined") == "ab" && read.2?.text("Line") == "\\n")
  }

  @Test(arguments: TestDatabase.all)
  func `an update that changes nothing has matched all the same`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let matched = try await bench.database.write { transaction in
      try insert("same")(transaction)
      return try transaction.execute("UPDATE item SET Name = 'same' WHERE Name = 'same'")
    }
    #expect(matched == 1)
  }

  @Test(arguments: TestDatabase.all)
  func `more statements than a connection keeps still work`(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let sum = try await bench.database.read { transaction in
      try (0..<500).reduce(0) { try $0 + transaction.integer("SELECT \($1 % 300) + ?", [1]) }
    }
    #expect(sum == (0..<500).reduce(0) { $0 + $1 % 300 + 1 })
  }
}
