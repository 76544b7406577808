import Foundation
import GRDB

/// A ``Database`` in one local SQLite file: WAL, `synchronous=FULL`, foreign keys on.
///
/// Several processes may use the same file at once, on a local disk (not on NFS). One connection writes and owns all
/// checkpoints, under a lock shared by all processes; readers are separate and never wait for it.
public final class SQLiteDatabase: Database {
  public let path: String
  private let pool: DatabasePool
  private let commits: GroupCommit
  private let ambience: Ambience

  public var dialect: Dialect { .sqlite }
  public var now: @Sendable () -> Date { ambience.now }

  /// Opens the file, creating it and its folder when missing (readable by its owner only).
  ///
  /// - Throws: ``StorageError`` when the path is no SQLite file, cannot be read, written or created.
  public init(path: String, ambience: Ambience = Ambience()) throws {
    self.path = path
    self.ambience = ambience
    try Self.prepareFile(path)
    let lock = try WriteLock(path: path + "-lock")
    pool = try Self.open(path, lock)
    commits = GroupCommit(pool: pool, lock: lock, ambience: ambience)
  }

  public func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    let ambience = ambience
    return try await pool.read { connection in
      try translatingErrors {
        try body(SQLiteTransaction(connection: connection, now: ambience.now(), chance: ambience.random))
      }
    }
  }

  public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await commits.write(body)
  }

  /// What SQLite's own check says is wrong with the file; empty when it is sound. Reads the whole file.
  public func faults() async throws -> [String] {
    try await pool.read { connection in
      try translatingErrors { try String.fetchAll(connection, sql: "PRAGMA integrity_check") }
    }.filter { $0 != "ok" }
  }

  private static func prepareFile(_ path: String) throws {
    let files = FileManager.default
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      if isFolder.boolValue { throw StorageError(.cannotOpen, "\(path) is a folder, not a database file") }
      return try refuseOtherFiles(path)
    }
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw StorageError(.cannotOpen, "cannot create the folder \(folder): check its path and permissions")
    }
    guard access(folder, W_OK) == 0 else {
      throw StorageError(.readOnly, "cannot create \(path): the folder is not writable for this user")
    }
    // Before SQLite does, so that nobody else can read it even for a moment.
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StorageError(.cannotOpen, "cannot create \(path): \(String(cString: strerror(errno)))")
    }
    close(descriptor)
  }

  private static func refuseOtherFiles(_ path: String) throws {
    guard access(path, R_OK) == 0, let file = FileHandle(forReadingAtPath: path) else {
      throw StorageError(.cannotOpen, "cannot read \(path): check its permissions")
    }
    defer { try? file.close() }
    let header = try file.read(upToCount: 16) ?? Data()
    guard header.isEmpty || header == Data("SQLite format 3\0".utf8) else {
      throw StorageError(.notADatabase, "\(path) is not an SQLite database. Name another file, or move this one away")
    }
    guard access(path, W_OK) == 0 else {
      throw StorageError(.readOnly, "\(path) is read-only for this user. Tocsin needs to write to it")
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
