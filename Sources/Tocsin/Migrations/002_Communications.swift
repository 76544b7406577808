import Storage

extension Migration {
  static let communications = Migration(2, "communications", worksBeside: 2) { _ in
    [
      // To the letter as the seeds declare it.
      """
      CREATE TABLE data_incident_communication (
        CommunicationGuid VARCHAR(255) PRIMARY KEY,
        IncidentGuid VARCHAR(255) NOT NULL,
        ShortRef VARCHAR(20) UNIQUE NOT NULL,
        Channel VARCHAR(50),
        Direction ENUM('OUTBOUND', 'INBOUND') DEFAULT 'OUTBOUND',
        Status VARCHAR(50) DEFAULT 'SENT',
        Message TEXT,
        Recipient TEXT,
        ExternalId VARCHAR(255),
        ErrorMessage TEXT,
        Timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
        Metadata JSON,
        FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
          ON DELETE CASCADE,
        INDEX idx_incident_guid (IncidentGuid),
        INDEX idx_short_ref (ShortRef),
        INDEX idx_channel (Channel),
        INDEX idx_timestamp (Timestamp)
      )
      """,
      "ALTER TABLE data_incident_communication ADD COLUMN OriginIncidentGuid VARCHAR(255)",
      """
      CREATE TABLE def_notify (
        NotifyCode VARCHAR(100) PRIMARY KEY NOT NULL,
        NotifyName VARCHAR(255) NOT NULL,
        NotifyChannels TEXT NOT NULL,
        MessageTemplate TEXT,
        UpdatedAt DATETIME,
        UpdatedBy VARCHAR(255)
      )
      """,
      // A row for each message that is still to be sent. Small: a row goes when its message is settled.
      """
      CREATE TABLE tocsin_outbox (
        Id INTEGER PRIMARY KEY,
        CommunicationGuid VARCHAR(255) NOT NULL UNIQUE,
        IncidentGuid VARCHAR(255) NOT NULL,
        Kind ENUM('NOTIFICATION', 'REPORT') NOT NULL,
        Channel VARCHAR(50) NOT NULL,
        Target VARCHAR(2048) NOT NULL,
        Urgency INTEGER NOT NULL,
        Subject TEXT NOT NULL,
        HtmlBody TEXT,
        TextBody TEXT,
        CreatedAt DATETIME NOT NULL,
        NextAt DATETIME NOT NULL,
        LeaseUntil DATETIME,
        Attempt INTEGER NOT NULL DEFAULT 0,
        Fence INTEGER NOT NULL DEFAULT 0,
        FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE,
        INDEX idx_due (Channel, Urgency, Id),
        INDEX idx_order (IncidentGuid, Channel, Id)
      )
      """,
    ]
  }
}
