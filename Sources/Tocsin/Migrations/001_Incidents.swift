import Storage

extension Migration {
  static let incidents = Migration(1, "incidents", worksBeside: 1) { _ in
    [
      """
      CREATE TABLE data_incident (
        IncidentGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        Title VARCHAR(255) NOT NULL,
        Severity ENUM('CRITICAL', 'HIGH', 'MEDIUM', 'LOW') NOT NULL,
        Status ENUM('CREATED', 'INVESTIGATING', 'MONITORING', 'CLOSED') NOT NULL DEFAULT 'CREATED',
        Package VARCHAR(100) NOT NULL,
        Description TEXT,
        AssignedTo VARCHAR(255),
        CreatedBy VARCHAR(255),
        CreatedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
        ClosedBy VARCHAR(255),
        ClosedAt DATETIME,
        ResolutionSummary TEXT,
        RootCause TEXT,
        AcknowledgedAt DATETIME,
        AcknowledgedBy VARCHAR(255),
        UpdatedAt DATETIME,
        MergedIntoGuid VARCHAR(255),
        Version INTEGER NOT NULL DEFAULT 1,
        CHECK (Title <> ''),
        CHECK (Package <> ''),
        FOREIGN KEY (MergedIntoGuid) REFERENCES data_incident(IncidentGuid),
        INDEX idx_created (CreatedAt, IncidentGuid),
        INDEX idx_status (Status, CreatedAt, IncidentGuid),
        INDEX idx_severity (Severity, CreatedAt, IncidentGuid),
        INDEX idx_package (Package, CreatedAt, IncidentGuid),
        INDEX idx_assigned_to (AssignedTo, CreatedAt, IncidentGuid)
      )
      """,
      """
      CREATE TABLE data_incident_alert (
        IncidentGuid VARCHAR(255) NOT NULL,
        AlertGuid VARCHAR(255) NOT NULL,
        LinkedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
        LinkedBy VARCHAR(255),
        OriginIncidentGuid VARCHAR(255),
        PRIMARY KEY (IncidentGuid, AlertGuid),
        FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid),
        INDEX idx_alert_guid (AlertGuid)
      )
      """,
      """
      CREATE TABLE data_incident_note (
        NoteGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        IncidentGuid VARCHAR(255) NOT NULL,
        NoteType ENUM('ROOT_CAUSE', 'RESOLUTION', 'INVESTIGATION', 'MITIGATION', 'GENERAL') NOT NULL,
        Content TEXT NOT NULL,
        CreatedBy VARCHAR(255),
        CreatedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
        OriginIncidentGuid VARCHAR(255),
        FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid),
        INDEX idx_incident_guid (IncidentGuid, CreatedAt)
      )
      """,
      // Seq, PreviousHash and Hash are the chain: see docs/decisions/0006-timeline-chain.md.
      """
      CREATE TABLE data_incident_timeline (
        TimelineGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        IncidentGuid VARCHAR(255) NOT NULL,
        EventType VARCHAR(100) NOT NULL,
        Description TEXT NOT NULL,
        CreatedBy VARCHAR(255),
        Timestamp DATETIME NOT NULL,
        OriginIncidentGuid VARCHAR(255) NOT NULL,
        Metadata JSON,
        Seq INTEGER NOT NULL UNIQUE,
        PreviousHash VARCHAR(64) NOT NULL,
        Hash VARCHAR(64) NOT NULL,
        FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid),
        INDEX idx_incident_guid (IncidentGuid, Seq)
      )
      """,
      "CREATE TABLE tocsin_timeline_head (Id INTEGER PRIMARY KEY, Seq INTEGER NOT NULL, Hash VARCHAR(64) NOT NULL)",
      "INSERT INTO tocsin_timeline_head (Id, Seq, Hash) VALUES (1, 0, '')",
    ]
  }
}
