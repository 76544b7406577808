import Storage

extension Migration {
  /// When alerts began to fire, for rules that count it. Rows are short-lived: see Alert/Occurrence.swift.
  static let occurrences = Migration(13, "occurrences", worksBeside: 13) { _ in
    [
      """
      CREATE TABLE tocsin_alert_occurrence (
        OccurrenceGuid VARCHAR(64) PRIMARY KEY NOT NULL,
        Purpose ENUM('THRESHOLD', 'FLAP') NOT NULL,
        AlertGuid VARCHAR(255) NOT NULL,
        GroupKey VARCHAR(255) NOT NULL,
        OccurredAt DATETIME NOT NULL,
        KeptUntil DATETIME NOT NULL,
        FOREIGN KEY (AlertGuid) REFERENCES data_alert(AlertGuid),
        INDEX idx_alert (AlertGuid, OccurredAt),
        INDEX idx_group (GroupKey, OccurredAt),
        INDEX idx_kept (KeptUntil)
      )
      """
    ]
  }
}
