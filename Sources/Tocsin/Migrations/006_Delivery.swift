import Storage

extension Migration {
  static let delivery = Migration(6, "delivery", worksBeside: 6) { _ in
    [
      // What was to be sent where, with all that is needed to send it again. Kept after the message is settled; the bodies
      // go when it is SENT. IncidentGuid is the incident it was written for: a merge does not change it.
      """
      CREATE TABLE tocsin_delivery (
        Id INTEGER PRIMARY KEY,
        CommunicationGuid VARCHAR(255) NOT NULL UNIQUE,
        IncidentGuid VARCHAR(255) NOT NULL,
        Kind ENUM('NOTIFICATION', 'UPDATE', 'REPORT') NOT NULL,
        Event VARCHAR(100),
        Channel VARCHAR(50) NOT NULL,
        Target VARCHAR(2048) NOT NULL,
        TargetKey VARCHAR(64) NOT NULL,
        Destination VARCHAR(255) NOT NULL,
        Follows TEXT NOT NULL,
        Subject TEXT NOT NULL,
        HtmlBody TEXT,
        TextBody TEXT,
        MayBeHeld INTEGER NOT NULL DEFAULT 0,
        IsHeld INTEGER NOT NULL DEFAULT 0,
        BundleGuid VARCHAR(255),
        CreatedAt DATETIME NOT NULL,
        FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE,
        INDEX idx_conversation (IncidentGuid, Channel, TargetKey, Id),
        INDEX idx_storm (Channel, TargetKey, CreatedAt)
      )
      """,
      // A row for each message that is still to be sent. Small: a row goes when its message is settled.
      """
      CREATE TABLE tocsin_queue (
        Id INTEGER PRIMARY KEY,
        CommunicationGuid VARCHAR(255) NOT NULL UNIQUE,
        IncidentGuid VARCHAR(255) NOT NULL,
        Channel VARCHAR(50) NOT NULL,
        TargetKey VARCHAR(64) NOT NULL,
        Destination VARCHAR(255) NOT NULL,
        Priority INTEGER NOT NULL,
        IsHeld INTEGER NOT NULL DEFAULT 0,
        BundleGuid VARCHAR(255),
        QueuedAt DATETIME NOT NULL,
        NextAt DATETIME NOT NULL,
        TriedSince DATETIME,
        LeaseUntil DATETIME,
        Owner VARCHAR(255),
        Attempt INTEGER NOT NULL DEFAULT 0,
        FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE,
        INDEX idx_due (Channel, Destination, Priority, Id),
        INDEX idx_order (IncidentGuid, Channel, TargetKey, Id),
        INDEX idx_held (Channel, TargetKey, IsHeld, Priority, Id),
        INDEX idx_bundle (BundleGuid),
        INDEX idx_next (Channel, NextAt),
        INDEX idx_owner (Owner)
      )
      """,
      // Every attempt to send. One without an end is unclear: the message may have gone out.
      """
      CREATE TABLE tocsin_attempt (
        CommunicationGuid VARCHAR(255) NOT NULL,
        Number INTEGER NOT NULL,
        Channel VARCHAR(50) NOT NULL,
        StartedAt DATETIME NOT NULL,
        DurationMs INTEGER,
        Outcome ENUM('UNCLEAR', 'ACCEPTED', 'RETRY', 'REFUSED') NOT NULL,
        Answer TEXT,
        PRIMARY KEY (CommunicationGuid, Number),
        INDEX idx_channel (Channel, StartedAt),
        FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE
      )
      """,
      // Destinations that are down, asked for patience, or take messages at a limited rate.
      """
      CREATE TABLE tocsin_destination (
        Channel VARCHAR(50) NOT NULL,
        Destination VARCHAR(255) NOT NULL,
        PausedUntil DATETIME,
        ToldUntil DATETIME,
        Failures INTEGER NOT NULL DEFAULT 0,
        FailingSince DATETIME,
        FreeAt DATETIME,
        PRIMARY KEY (Channel, Destination)
      )
      """,
      // What waited under the former schema, with an order of its own for each target as before.
      """
      INSERT INTO tocsin_delivery (CommunicationGuid, IncidentGuid, Kind, Channel, Target, TargetKey, Destination, Follows,
        Subject, HtmlBody, TextBody, CreatedAt)
      SELECT CommunicationGuid, IncidentGuid, Kind, Channel, Target, substr(Target, 1, 64), '', '', Subject, HtmlBody,
        TextBody, CreatedAt FROM tocsin_outbox
      """,
      """
      INSERT INTO tocsin_queue (CommunicationGuid, IncidentGuid, Channel, TargetKey, Destination, Priority, QueuedAt, NextAt,
        TriedSince, LeaseUntil, Attempt)
      SELECT CommunicationGuid, IncidentGuid, Channel, substr(Target, 1, 64), '', -Urgency, CreatedAt, NextAt,
        CASE WHEN Attempt > 0 THEN CreatedAt END, LeaseUntil,
        Fence FROM tocsin_outbox ORDER BY Id
      """,
      "DROP TABLE tocsin_outbox",
      // For the list of what did not arrive.
      "CREATE INDEX data_incident_communication_idx_status ON data_incident_communication (Status, Timestamp)",
    ]
  }
}
