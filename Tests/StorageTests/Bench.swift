import Foundation
import Storage
import TestSupport

/// A fresh database with two small tables, `item (Id, Name)` and `part (ItemId)`.
struct Bench: Sendable {
  private let bare: BareDatabase
  let database: any Database

  init(_ engine: TestDatabase = .sqlite) async throws {
    bare = try await BareDatabase(engine)
    database = try bare.open()
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE item (Id INTEGER PRIMARY KEY, Name VARCHAR(10) NOT NULL UNIQUE)")
      try transaction.execute(
        "CREATE TABLE part (ItemId INTEGER NOT NULL, FOREIGN KEY (ItemId) REFERENCES item(Id))")
    }
  }

  /// The same database once more, as another process has it.
  func another() throws -> any Database { try bare.open() }

  func count(_ database: (any Database)? = nil) async throws -> Int {
    try await (database ?? self.database).read { try $0.integer("SELECT count(*) FROM item") }
  }

  /// What SQLite says is wrong with its file.
  func faults() async throws -> [String] { try await (database as? SQLiteDatabase)?.faults() ?? [] }
}
