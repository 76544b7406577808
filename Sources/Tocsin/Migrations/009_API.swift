import Storage

extension Migration {
  /// What the HTTP API needs: an index in the order of every list that is read in pages, and the requests that were done.
  static let api = Migration(9, "api", worksBeside: 9) { dialect in
    [
      // With the guid, which decides between rows of one moment.
      dialect.dropIndex("data_incident_note_idx_incident_guid", of: "data_incident_note"),
      """
      CREATE INDEX data_incident_note_idx_incident_guid ON data_incident_note (IncidentGuid, CreatedAt, NoteGuid)
      """,
      "CREATE INDEX data_incident_alert_idx_linked ON data_incident_alert (IncidentGuid, LinkedAt, AlertGuid)",
      """
      CREATE INDEX data_incident_communication_idx_sent
      ON data_incident_communication (IncidentGuid, Timestamp, CommunicationGuid)
      """,
      dialect.dropIndex("data_incident_communication_idx_status", of: "data_incident_communication"),
      """
      CREATE INDEX data_incident_communication_idx_status
      ON data_incident_communication (Status, Timestamp, CommunicationGuid)
      """,
      // Alerts are listed by guid. Each repetition of an alert had to move its entry.
      dialect.dropIndex("data_alert_idx_last_seen", of: "data_alert"),
      // Sealed is for the sender of the request only: see Idempotency/StoredAnswer.swift.
      """
      CREATE TABLE tocsin_idempotency (
        RequestId VARCHAR(64) PRIMARY KEY NOT NULL,
        Sealed MEDIUMTEXT NOT NULL,
        IsFinal INTEGER NOT NULL,
        Owner VARCHAR(255) NOT NULL,
        CreatedAt DATETIME NOT NULL,
        INDEX idx_created (CreatedAt)
      )
      """,
    ]
  }
}
