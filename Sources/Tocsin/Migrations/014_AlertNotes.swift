import Storage

extension Migration {
  /// What people wrote about alerts that have no incident yet.
  static let alertNotes = Migration(14, "alert_notes", worksBeside: 14) { _ in
    [
      // AssignedTo is whom the incident shall be assigned to, when there is one.
      """
      CREATE TABLE data_alert_note (
        NoteGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        AlertGuid VARCHAR(255) NOT NULL,
        Content TEXT NOT NULL,
        AssignedTo VARCHAR(255),
        CreatedBy VARCHAR(255) NOT NULL,
        CreatedAt DATETIME NOT NULL,
        FOREIGN KEY (AlertGuid) REFERENCES data_alert(AlertGuid),
        INDEX idx_alert (AlertGuid, CreatedAt, NoteGuid)
      )
      """
    ]
  }
}
