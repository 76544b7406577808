import Storage

extension Migration {
  /// Jobs that have to call at intervals.
  static let heartbeats = Migration(12, "heartbeats", worksBeside: 12) { _ in
    [
      // DueAt is when silence becomes an alert: null while it is one, and while the heartbeat is off. See
      // Heartbeat/Heartbeat+Watch.swift.
      """
      CREATE TABLE data_heartbeat (
        HeartbeatName VARCHAR(100) PRIMARY KEY NOT NULL,
        IntervalSeconds INTEGER NOT NULL,
        GraceSeconds INTEGER NOT NULL,
        Severity ENUM('CRITICAL', 'HIGH', 'MEDIUM', 'LOW') NOT NULL,
        Package VARCHAR(100) NOT NULL,
        Title VARCHAR(255),
        IsEnabled INTEGER NOT NULL,
        LastBeatAt DATETIME,
        DueAt DATETIME,
        MissedAt DATETIME,
        CreatedAt DATETIME NOT NULL,
        CreatedBy VARCHAR(255) NOT NULL,
        UpdatedAt DATETIME,
        UpdatedBy VARCHAR(255),
        INDEX idx_due (DueAt)
      )
      """
    ]
  }
}
