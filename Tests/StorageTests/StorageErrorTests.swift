import Foundation
import Storage
import TestSupport
import Testing

@Suite("What the database refuses")
struct StorageErrorTests {
  @Test(
    "A broken constraint has its own code, and nothing is kept", arguments: TestDatabase.all,
    [
      ("INSERT INTO item (Name) VALUES ('one')", .unique), ("INSERT INTO item (Id, Name) VALUES (1, 'x')", .unique),
      ("INSERT INTO part (ItemId) VALUES (99)", .foreignKey), ("DELETE FROM item WHERE Id = 1", .foreignKey),
      ("INSERT INTO item (Name) VALUES (NULL)", .check), ("INSERT INTO item (Name) VALUES ('12345678901')", .check),
      ("INSERT INTO item (Id) VALUES (7)", .check), ("INSERT INTO item (Id, Name) VALUES ('x', 'y')", .check),
      ("INSERT INTO nothing VALUES (1)", .other), ("SELEKT 1", .other), ("UPDATE item SET Name = ?", .other),
    ] as [(String, StorageError.Code)])
  func constraints(_ engine: TestDatabase, _ broken: (sql: String, code: StorageError.Code)) async throws {
    let bench = try await Bench(engine)
    try await bench.database.change { transaction in
      try transaction.execute("INSERT INTO item (Id, Name) VALUES (1, 'one')")
      try transaction.execute("INSERT INTO part (ItemId) VALUES (1)")
    }
    let error = await refusal {
      try await bench.database.change { transaction in
        try insert("kept?")(transaction)
        try transaction.execute(broken.sql)
      }
    }
    #expect(error?.code == broken.code, "\(error?.message ?? "accepted")")
    #expect(try await bench.count() == 1)
  }

  @Test(
    "A read cannot write", arguments: TestDatabase.all,
    ["INSERT INTO item (Name) VALUES ('x')", "CREATE TABLE more (Id INTEGER)"])
  func readOnly(_ engine: TestDatabase, _ sql: String) async throws {
    let bench = try await Bench(engine)
    let error = await refusal { try await bench.database.read { _ = try $0.execute(sql) } }
    #expect(error?.code == .readOnly)
    #expect(try await bench.count() == 0)
  }

  @Test("A full disk undoes the write, says so, and the database works on when there is room")
  func full() async throws {
    let bench = try await Bench()
    // The limit belongs to the connection, which is the one that writes.
    try await bench.database.change { _ = try $0.rows("PRAGMA max_page_count = 40") }
    try await bench.database.change { try $0.execute("CREATE TABLE big (Text TEXT)") }
    let text = String(repeating: "x", count: 50_000)
    var error: StorageError?
    for _ in 0..<20 where error == nil {
      error = await refusal {
        try await bench.database.change { transaction in
          try transaction.execute("INSERT INTO item (Name) VALUES (lower(hex(randomblob(5))))")
          try transaction.execute("INSERT INTO big VALUES (?)", [.text(text)])
        }
      }
    }
    #expect(error?.code == .full)
    #expect(error?.message.contains("full") == true)
    let (items, texts) = try await bench.database.read { transaction in
      (try transaction.integer("SELECT count(*) FROM item"), try transaction.integer("SELECT count(*) FROM big"))
    }
    #expect(items == texts)
    try await bench.database.change { _ = try $0.rows("PRAGMA max_page_count = 100000") }
    try await bench.database.change { try $0.execute("INSERT INTO big VALUES (?)", [.text(text)]) }
    #expect(try await bench.faults().isEmpty)
  }

  @Test("A full disk loses nobody's write but those it refuses, in one group", .timeLimit(.minutes(1)))
  func fullInGroup() async throws {
    let bench = try await Bench()
    try await bench.database.change { try $0.execute("CREATE TABLE big (Text TEXT)") }
    try await bench.database.change { _ = try $0.rows("PRAGMA max_page_count = 60") }
    let kept = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask {
          let error = await refusal {
            try await bench.database.change { transaction in
              try transaction.execute("INSERT INTO item (Name) VALUES (lower(hex(randomblob(5))))")
              try transaction.execute("INSERT INTO big VALUES (?)", [.text(String(repeating: "x", count: 20_000))])
            }
          }
          if error == nil { kept.increment() } else { #expect(error?.code == .full, "\(error?.message ?? "")") }
        }
      }
    }
    #expect(try await bench.count() == kept.count)
    #expect(kept.count < 40)
  }

  @Test("A file of something else, a damaged header or a folder is refused and left as it was")
  func notADatabase() throws {
    let folder = Scratch()
    let path = folder.file("letter.txt")
    let letter = Data("Dear database, this is a letter.".utf8)
    try letter.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: StorageError.self) { _ = try SQLiteDatabase(path: path) }
    #expect(error?.code == .notADatabase)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == letter)
    let here = #expect(throws: StorageError.self) { _ = try SQLiteDatabase(path: folder.path) }
    #expect(here?.code == .cannotOpen)
    let below = #expect(throws: StorageError.self) { _ = try SQLiteDatabase(path: path + "/x/test.db") }
    #expect(below?.code == .cannotOpen)
  }

  @Test(
    "Where no file can be made, the error says where and why", arguments: ["/proc/tocsin/test.db", "/dev/null/test.db"])
  func unwritable(_ path: String) {
    let error = #expect(throws: StorageError.self) { _ = try SQLiteDatabase(path: path) }
    #expect(error?.code == .cannotOpen || error?.code == .readOnly)
    #expect(error?.message.contains("/") == true)
  }

  @Test("A new file and its folder are for their owner alone")
  func permissions() async throws {
    let folder = Scratch()
    let path = folder.file("deeper/still/test.db")
    let database = try SQLiteDatabase(path: path)
    try await database.change { try $0.execute("CREATE TABLE x (Id INTEGER)") }
    for name in [path, path + "-wal", path + "-lock"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: name)
      #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "\(name)")
    }
  }

  @Test("A column that is missing, empty or of another type is unreadable, not a crash", arguments: TestDatabase.all)
  func unreadable(_ engine: TestDatabase) async throws {
    let bench = try await Bench(engine)
    let row = try await bench.database.read { try $0.row("SELECT 1 AS One, NULL AS Hollow, 'word' AS Word") }
    let read = try #require(row)
    let attempts: [() throws -> Void] = [
      { _ = try read.text("Missing") }, { _ = try read.text("Hollow") }, { _ = try read.integer("Word") },
      { _ = try read.time("Word") }, { _ = try read.time("Hollow") },
    ]
    for attempt in attempts {
      let error = #expect(throws: StorageError.self) { try attempt() }
      #expect(error?.code == .unreadable)
    }
    #expect(try read.integer("One") == 1 && read.optionalText("Hollow") == nil)
  }
}
