import Storage

extension Migration {
  static let alerts = Migration(3, "alerts", worksBeside: 3) { _ in
    [
      """
      CREATE TABLE data_alert (
        AlertGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        Source VARCHAR(50) NOT NULL,
        DedupKey VARCHAR(255) NOT NULL,
        Status ENUM('FIRING', 'RESOLVED') NOT NULL,
        Severity ENUM('CRITICAL', 'HIGH', 'MEDIUM', 'LOW') NOT NULL,
        Package VARCHAR(100) NOT NULL,
        Title VARCHAR(255) NOT NULL,
        Description TEXT,
        Labels JSON NOT NULL,
        GroupKey VARCHAR(255) NOT NULL,
        Url TEXT,
        StartsAt DATETIME NOT NULL,
        EndsAt DATETIME,
        FirstSeenAt DATETIME NOT NULL,
        LastSeenAt DATETIME NOT NULL,
        Count INTEGER NOT NULL DEFAULT 1,
        UNIQUE (Source, DedupKey),
        INDEX idx_status (Status, LastSeenAt),
        INDEX idx_last_seen (LastSeenAt)
      )
      """,
      // Which incident a group's next alert joins.
      """
      CREATE TABLE tocsin_alert_group (
        GroupKey VARCHAR(255) PRIMARY KEY NOT NULL,
        IncidentGuid VARCHAR(255) NOT NULL,
        FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid),
        INDEX idx_incident_guid (IncidentGuid)
      )
      """,
    ]
  }
}
