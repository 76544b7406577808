import Foundation
import Storage
import StorageMariaDB

/// What there is to know about the database that Tocsin works on.
public struct DatabaseFacts: Sendable, Equatable {
  /// `SQLite` or `MariaDB`, with its version.
  public let engine: String
  /// A path, or an address without its password; nil when it is not known.
  public let place: String?
  /// The number of the newest migration that was applied.
  public let schema: Int
  /// The same of those that this program knows.
  public let newestSchema: Int
  /// What its rows and indexes take up.
  public let bytes: Int
  /// What is free where it lies; nil when it lies elsewhere.
  public let freeBytes: Int?
  /// Messages that are being handed over, and by how many processes, of all servers.
  public let underWay: Int
  public let senders: Int
}

extension Incidents {
  public func databaseFacts() async throws -> DatabaseFacts {
    let base = (database as? AnnouncingDatabase)?.base ?? database
    let path = (base as? SQLiteDatabase)?.path
    let place = path ?? (base as? MariaDBDatabase)?.address.description
    return try await database.read { transaction in
      let busy = try transaction.row(
        """
        SELECT count(*) AS Messages, count(DISTINCT Owner) AS Senders FROM tocsin_queue WHERE Owner IS NOT NULL
        """)
      return DatabaseFacts(
        engine: try transaction.engine, place: place,
        schema: try Migrations.migrator.standing(transaction).schema, newestSchema: Migrations.migrator.newest,
        bytes: try transaction.bytes, freeBytes: path.flatMap(freeBytes),
        underWay: try busy?.integer("Messages") ?? 0, senders: try busy?.integer("Senders") ?? 0)
    }
  }
}

extension TimelineFeed {
  /// How many listen at this process: pages that are open, and programs.
  public var listeners: Int { state.withLock { $0.listeners } }
}

private func freeBytes(_ path: String) -> Int? {
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
  let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
  return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
}

extension Transaction {
  fileprivate var engine: String {
    get throws {
      switch dialect {
      case .sqlite: "SQLite " + (try row("SELECT sqlite_version() AS Version")?.text("Version") ?? "")
      case .mariadb: "MariaDB " + (try row("SELECT version() AS Version")?.text("Version") ?? "")
      }
    }
  }

  fileprivate var bytes: Int {
    get throws {
      switch dialect {
      case .sqlite:
        try integer("SELECT page_count * page_size AS Bytes FROM pragma_page_count(), pragma_page_size()")
      case .mariadb:
        try integer(
          """
          SELECT CAST(coalesce(sum(data_length + index_length), 0) AS INTEGER) AS Bytes
          FROM information_schema.tables WHERE table_schema = database()
          """)
      }
    }
  }
}
