import Storage

extension Migration {
  /// What people set on the pages, and which rows are demo data.
  static let settings = Migration(16, "settings", worksBeside: 15) { _ in
    [
      """
      CREATE TABLE tocsin_setting (
        SettingName VARCHAR(100) PRIMARY KEY NOT NULL,
        Value TEXT NOT NULL,
        UpdatedAt DATETIME NOT NULL,
        UpdatedBy VARCHAR(255) NOT NULL
      )
      """,
      // See docs/decisions/0019-demo-data.md.
      """
      CREATE TABLE tocsin_demo (
        RowGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        Kind ENUM('INCIDENT', 'ALERT') NOT NULL,
        INDEX idx_kind (Kind)
      )
      """,
    ]
  }
}
