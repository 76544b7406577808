import Storage
import StorageMariaDB
import Tocsin

/// A database of its own without any tables, which may be opened several times.
public struct BareDatabase: Sendable {
  public let engine: TestDatabase
  /// The database's file, or its address.
  public let path: String
  private let scratch: Scratch

  public init(_ engine: TestDatabase) async throws {
    (self.engine, scratch) = (engine, Scratch())
    switch engine {
    case .sqlite: path = scratch.file("test.db")
    case .mariadb: path = try await MariaDBServer.shared().makeDatabase()
    }
  }

  public func open(_ ambience: Ambience = Ambience()) throws -> any Database {
    switch engine {
    case .sqlite:
      var ambience = ambience
      let now = ambience.now
      // The folder is there for as long as the database is in use.
      ambience.now = { [scratch] in withExtendedLifetime(scratch) { now() } }
      return try SQLiteDatabase(path: path, ambience: ambience)
    case .mariadb:
      var limits = MariaDBLimits()
      limits.tries = 12  // For tests in which conflicts are the rule.
      return try MariaDBDatabase(MariaDBAddress(path), limits: limits, ambience: ambience)
    }
  }
}
