import Storage

extension Migration {
  /// Who took an alert on, what holds it back, and when it has to be looked at again.
  static let intake = Migration(10, "intake", worksBeside: 10) { dialect in
    [
      "ALTER TABLE data_alert ADD COLUMN AcknowledgedAt DATETIME",
      "ALTER TABLE data_alert ADD COLUMN AcknowledgedBy VARCHAR(255)",
      "ALTER TABLE data_alert ADD COLUMN AcknowledgedUntil DATETIME",
      "ALTER TABLE data_alert ADD COLUMN SilencedBy VARCHAR(255)",
      "ALTER TABLE data_alert ADD COLUMN SilencedUntil DATETIME",
      "ALTER TABLE data_alert ADD COLUMN FlappingSince DATETIME",
      "ALTER TABLE data_alert ADD COLUMN FlappingUntil DATETIME",
      "ALTER TABLE data_alert ADD COLUMN ExpiresAt DATETIME",
      // The next moment at which time alone changes something about it: see Alert/Alert+Watch.swift.
      "ALTER TABLE data_alert ADD COLUMN CheckAt DATETIME",
      "CREATE INDEX data_alert_idx_check ON data_alert (CheckAt)",
      // Each repetition of an alert had to move its entry.
      dialect.dropIndex("data_alert_idx_status", of: "data_alert"),
      "CREATE INDEX data_alert_idx_status ON data_alert (Status, AlertGuid)",
    ]
  }
}
