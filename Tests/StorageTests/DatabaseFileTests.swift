import Foundation
import Storage
import TestSupport
import Testing

/// The file itself: whose it is, and that it stays where it is.
@Suite("The database's file")
struct DatabaseFileTests {
  private let scratch = Scratch()
  private let migrator = Migrator([
    Migration(1, "things", worksBeside: 1) { _ in
      ["CREATE TABLE thing (Id INTEGER PRIMARY KEY, Name VARCHAR(10) NOT NULL)"]
    }
  ])

  @Test("Another program's database is refused and left as it is")
  func foreign() async throws {
    let path = scratch.file("bookmarks.db")
    let theirs = try SQLiteDatabase(path: path)
    _ = try await theirs.write { try $0.execute("CREATE TABLE bookmarks (Url TEXT)") }
    let error = await #expect(throws: StorageError.self) { try await migrator.migrate(theirs) }
    #expect(error?.code == .notADatabase)
    #expect(error?.message.contains("bookmarks") == true)
    let tables = try await theirs.read { try $0.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table'") }
    #expect(tables == 1)
  }

  /// Failure: somebody removes or replaces the file under a running program. What is written then is lost with it.
  @Test("A write is refused once the file was removed or replaced", arguments: [false, true])
  func replaced(_ another: Bool) async throws {
    let path = scratch.file("data.db")
    let database = try SQLiteDatabase(path: path)
    _ = try await migrator.migrate(database)
    try FileManager.default.removeItem(atPath: path)
    if another { try Data().write(to: URL(fileURLWithPath: path)) }
    let error = await #expect(throws: StorageError.self) {
      try await database.write { try $0.execute("INSERT INTO thing VALUES (1, 'x')") }
    }
    #expect(error?.code == .cannotOpen)
    #expect(error?.message.contains("removed or replaced") == true)
  }

  @Test("Every name of a file has the same lock beside it")
  func symbolicLink() async throws {
    let path = scratch.file("real.db")
    _ = try await migrator.migrate(SQLiteDatabase(path: path))
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link.db"), withDestinationPath: path)
    let linked = try SQLiteDatabase(path: scratch.file("link.db"))
    _ = try await linked.write { try $0.execute("INSERT INTO thing VALUES (1, 'x')") }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.filter { $0.hasSuffix("-lock") } == ["real.db-lock"])
  }

  /// Failure: closing any descriptor of the file drops SQLite's locks in the whole process; another process then thinks it
  /// is alone, and removes the log that the first still writes to.
  @Test("Opening a file twice in one program and once beside it loses nothing")
  func openedTwice() async throws {
    let path = scratch.file("twice.db")
    let first = try SQLiteDatabase(path: path)
    _ = try await migrator.migrate(first)
    _ = try await first.write { try $0.execute("INSERT INTO thing VALUES (1, 'before')") }
    let second = try SQLiteDatabase(path: path)
    let shell = Program()
    for _ in 0..<2 {
      #expect(try await shell.run(program: "/usr/bin/sqlite3", [path, "SELECT count(*) FROM thing"]).status == 0)
    }
    _ = try await first.write { try $0.execute("INSERT INTO thing VALUES (2, 'after')") }
    let seen = try await second.read { try $0.integer("SELECT count(*) FROM thing") }
    #expect(seen == 2)
    let outside = try await shell.run(program: "/usr/bin/sqlite3", [path, "SELECT count(*) FROM thing"])
    #expect(outside.line == "2")
  }
}
