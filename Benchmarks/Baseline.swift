import Foundation
import GRDB

/// What SQLite itself can do on this disk: rows of an incident's size, each in a durable commit of its own.
enum Baseline {
  static func durableInserts() throws -> Timing {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-baseline-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let queue = try open(folder)
    var runs: [Double] = []
    let start = ContinuousClock.now
    while (ContinuousClock.now - start).seconds < 3 {
      let began = ContinuousClock.now
      try insert(queue)
      runs.append((ContinuousClock.now - began).seconds)
    }
    return Timing(runs: runs, total: (ContinuousClock.now - start).seconds)
  }

  /// A database in `folder` with a table as ours is for incidents.
  static func open(_ folder: String) throws -> DatabaseQueue {
    let queue = try DatabaseQueue(path: folder + "/bare.db")
    try queue.writeWithoutTransaction { connection in
      try connection.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      try connection.execute(
        sql: """
          CREATE TABLE bare (Guid TEXT PRIMARY KEY, Title TEXT, Status TEXT, CreatedAt TEXT, Body TEXT);
          CREATE INDEX bare_created ON bare (CreatedAt, Guid);
          CREATE INDEX bare_status ON bare (Status, CreatedAt, Guid);
          """)
    }
    return queue
  }

  /// One row, one durable commit.
  static func insert(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { connection in
      try connection.cachedStatement(sql: "INSERT INTO bare VALUES (?, ?, ?, ?, ?)").execute(arguments: [
        UUID().uuidString, "Database connection pool exhausted", "CREATED", "2026-11-21 16:28:03.120",
        String(repeating: "x", count: 200),
      ])
    }
  }
}
