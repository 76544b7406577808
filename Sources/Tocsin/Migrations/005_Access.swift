import Storage

extension Migration {
  static let access = Migration(5, "access", worksBeside: 5) { _ in
    [
      """
      CREATE TABLE tocsin_token (
        TokenGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        Name VARCHAR(255) NOT NULL UNIQUE,
        Role ENUM('viewer', 'ingest', 'responder', 'admin') NOT NULL,
        SecretHash VARCHAR(64) NOT NULL UNIQUE,
        CreatedBy VARCHAR(255) NOT NULL,
        CreatedAt DATETIME NOT NULL
      )
      """
    ]
  }
}
