import Foundation
import Storage
import StorageMariaDB
import TestSupport

/// A fresh database on MariaDB with two small tables, `item (Id, Name)` and `part (ItemId)`.
struct Bench {
  let server: MariaDBServer
  let address: MariaDBAddress
  let database: MariaDBDatabase

  init(_ server: MariaDBServer? = nil, limits: MariaDBLimits = MariaDBLimits()) async throws {
    if let server { self.server = server } else { self.server = try await .shared() }
    address = try MariaDBAddress(self.server.makeDatabase())
    database = try MariaDBDatabase(address, limits: limits)
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE item (Id INTEGER PRIMARY KEY, Name VARCHAR(10) NOT NULL UNIQUE)")
      try transaction.execute(
        "CREATE TABLE part (ItemId INTEGER NOT NULL, FOREIGN KEY (ItemId) REFERENCES item(Id))")
    }
  }

  func count(_ database: MariaDBDatabase? = nil) async throws -> Int {
    try await (database ?? self.database).read { try $0.integer("SELECT count(*) FROM item") }
  }

  /// What the operator's own client says.
  func sql(_ statements: String) throws -> String { try server.sql(statements, in: address.database) }
}
