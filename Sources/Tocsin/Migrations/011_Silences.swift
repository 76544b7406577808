import Storage

extension Migration {
  /// Silences, with what was said about them.
  static let silences = Migration(11, "silences", worksBeside: 11) { _ in
    [
      // Weekdays, FromTime, Minutes and TimeZone are empty for one that holds once.
      """
      CREATE TABLE data_silence (
        SilenceGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        Matchers LONGTEXT NOT NULL,
        Comment TEXT,
        CreatedBy VARCHAR(255) NOT NULL,
        CreatedAt DATETIME NOT NULL,
        UpdatedAt DATETIME NOT NULL,
        StartsAt DATETIME NOT NULL,
        EndsAt DATETIME,
        Weekdays VARCHAR(255),
        FromTime VARCHAR(5),
        Minutes INTEGER,
        TimeZone VARCHAR(100),
        INDEX idx_ends (EndsAt)
      )
      """,
      """
      CREATE TABLE data_silence_comment (
        CommentGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        SilenceGuid VARCHAR(255) NOT NULL,
        Comment TEXT NOT NULL,
        CreatedBy VARCHAR(255) NOT NULL,
        CreatedAt DATETIME NOT NULL,
        FOREIGN KEY (SilenceGuid) REFERENCES data_silence(SilenceGuid) ON DELETE CASCADE,
        INDEX idx_silence (SilenceGuid, CreatedAt, CommentGuid)
      )
      """,
      // Another one with each change of any silence, so that processes can tell what they remember from what is.
      "CREATE TABLE tocsin_silence_head (Id INTEGER PRIMARY KEY, Version VARCHAR(255) NOT NULL)",
      "INSERT INTO tocsin_silence_head (Id, Version) VALUES (1, '')",
    ]
  }
}
