import Foundation
import Storage
import TestSupport

/// A fresh SQLite database with one small table, `item (Id, Name)`, in a folder of its own.
struct Bench {
  let folder: Scratch
  let path: String
  let database: SQLiteDatabase

  init() async throws {
    folder = Scratch()
    path = folder.file("test.db")
    database = try SQLiteDatabase(path: path)
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE item (Id INTEGER PRIMARY KEY, Name VARCHAR(10) NOT NULL UNIQUE)")
      try transaction.execute(
        "CREATE TABLE part (ItemId INTEGER NOT NULL, FOREIGN KEY (ItemId) REFERENCES item(Id))")
    }
  }

  func count(_ database: SQLiteDatabase? = nil) async throws -> Int {
    try await (database ?? self.database).read { try $0.integer("SELECT count(*) FROM item") }
  }
}
