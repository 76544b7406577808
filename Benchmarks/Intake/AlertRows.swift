import Foundation
import GRDB

/// What SQLite itself can do with rows like those of `data_alert`: the same columns, texts and indexes.
enum AlertRows {
  /// Rows a second.
  static func perSecond(_ folder: String, rowsPerCommit: Int, seconds: Double) throws -> Int {
    let queue = try DatabaseQueue(path: folder + "/rows.db")
    try queue.writeWithoutTransaction { connection in
      try connection.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      try connection.execute(
        sql: """
          CREATE TABLE alert (Guid TEXT PRIMARY KEY, Source TEXT, DedupKey TEXT, Status TEXT, Severity TEXT, Package TEXT,
            Title TEXT, Description TEXT, Labels TEXT, GroupKey TEXT, StartsAt TEXT, FirstSeenAt TEXT, LastSeenAt TEXT,
            Count INTEGER, ExpiresAt TEXT, CheckAt TEXT, UNIQUE (Source, DedupKey));
          CREATE INDEX alert_status ON alert (Status, Guid);
          CREATE INDEX alert_check ON alert (CheckAt);
          """)
    }
    let start = ContinuousClock.now
    var rows = 0
    while (ContinuousClock.now - start).seconds < seconds {
      try queue.write { connection in
        for row in rows..<rows + rowsPerCommit { try insert(row, connection) }
      }
      rows += rowsPerCommit
    }
    return Int(Double(rows) / (ContinuousClock.now - start).seconds)
  }

  private static func insert(_ row: Int, _ connection: Database) throws {
    let time = "2026-11-21 10:00:00.000"
    let later = "2036-11-21 10:00:00.000"
    try connection.cachedStatement(sql: "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .execute(arguments: [
        String(format: "019aa7c0-0000-7000-8000-%012d", row), "alertmanager", UUID().uuidString, "FIRING", "MEDIUM",
        "DATABASE", "Disk full on db1", "Less than 1 % left",
        #"{"alertname":"DiskFull","instance":"E621E1F8-C36C-495A-93FC-0C247A3E6E5F1","service":"DATABASE","severity":"warning"}"#,
        #"alertmanager:{alertname="DiskFull"}"#, time, time, time, 1, later, later,
      ])
  }
}
