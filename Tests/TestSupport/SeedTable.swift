/// What the user gave before there was a program.
public enum SeedTable {
  /// To the letter.
  public static let communication = """
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
    );
    """
}
