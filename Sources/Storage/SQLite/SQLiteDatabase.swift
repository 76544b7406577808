import Foundation
import GRDB

/// A ``Database`` in one local SQLite file: WAL, `synchronous=FULL`, foreign keys on.
///
/// Several processes may use the same file at once, on a local disk (not on NFS). One connection writes and owns all
/// checkpoints, under a lock shared by all processes; readers are separate and never wait for it.
public final class SQLiteDatabase: Database {
  public let path: String
  private let pool: DatabasePool
  private let line: WriteLine
  private let ambience: Ambience
  private let schemaGuard: SchemaGuard?

  public var dialect: Dialect { .sqlite }
  public var now: @Sendable () -> Date { ambience.now }

  /// Opens the file, creating it and its folder when missing (readable by its owner only).
  ///
  /// - Parameter schemaGuard: refuses what this program is too old for.
  /// - Throws: ``StorageError`` when the path is no SQLite file, cannot be read, written or created.
  public init(path: String, ambience: Ambience = Ambience(), schemaGuard: SchemaGuard? = nil) throws {
    let file = DatabaseFile(path)
    try file.prepare()
    self.path = file.path
    self.ambience = ambience
    self.schemaGuard = schemaGuard
    let lock = try WriteLock(path: file.path + "-lock")
    pool = try Self.open(file.path, lock)
    let commits = GroupCommit(
      pool: pool, lock: lock, file: try file.identified(), ambience: ambience, schemaGuard: schemaGuard)
    line = WriteLine { commits.commit($0) }
  }

  public func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try schemaGuard?.refuseIfKnown()
    let ambience = ambience
    return try await reading { connection in
      try body(SQLiteTransaction(connection: connection, now: ambience.now(), chance: ambience.random))
    }
  }

  public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try schemaGuard?.refuseIfKnown()
    return try await line.write(body)
  }

  /// What SQLite's own check says is wrong with the file; empty when it is sound. Reads the whole file.
  public func faults() async throws -> [String] {
    try await reading { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
  }

  /// Opening a connection for a reader can fail as well as reading.
  private func reading<T: Sendable>(_ body: @escaping @Sendable (GRDB.Database) throws -> T) async throws -> T {
    do {
      return try await pool.read { connection in try translatingErrors { try body(connection) } }
    } catch let error as DatabaseError {
      throw StorageError(error)
    }
  }

  private static func open(_ path: String, _ lock: WriteLock) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { connection in
      try connection.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    // Turning a new file into a WAL file wants it alone.
    return try translatingErrors {
      try lock.whileHeld(patience: 30) {
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL on opening, which may forget the last commits when the power goes.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
      }
    }
  }
}
