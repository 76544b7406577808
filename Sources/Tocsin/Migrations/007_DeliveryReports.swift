import Storage

extension Migration {
  /// A callback can overtake our own note that the message was sent; its report waits here.
  static let deliveryReports = Migration(7, "delivery reports", worksBeside: 7) { _ in
    [
      """
      CREATE TABLE tocsin_delivery_report (
        Channel VARCHAR(50) NOT NULL,
        ExternalId VARCHAR(255) NOT NULL,
        Outcome VARCHAR(20) NOT NULL,
        Reason TEXT,
        Metadata JSON,
        ReceivedAt DATETIME NOT NULL,
        PRIMARY KEY (Channel, ExternalId)
      )
      """,
      // A report names its message by the vendor's id.
      """
      CREATE INDEX data_incident_communication_idx_external_id
      ON data_incident_communication (Channel, ExternalId)
      """,
    ]
  }
}
