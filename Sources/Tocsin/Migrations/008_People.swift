import Storage

extension Migration {
  /// Users, their sessions and second factors, tokens that end, and the audit log.
  static let people = Migration(8, "people", worksBeside: 8) { _ in tokens + users + logIn + audit }

  /// `ActiveName` is empty once a token is revoked, so that its name is free again.
  private static let tokens = [
    """
    CREATE TABLE tocsin_token_new (
      TokenGuid VARCHAR(255) PRIMARY KEY NOT NULL,
      Name VARCHAR(255) NOT NULL,
      ActiveName VARCHAR(255) UNIQUE,
      Role ENUM('viewer', 'ingest', 'responder', 'admin') NOT NULL,
      SecretHash VARCHAR(64) NOT NULL UNIQUE,
      LastFour VARCHAR(4),
      CreatedBy VARCHAR(255) NOT NULL,
      CreatedAt DATETIME NOT NULL,
      ExpiresAt DATETIME,
      LastUsedAt DATETIME,
      RevokedAt DATETIME,
      RevokedBy VARCHAR(255)
    )
    """,
    """
    INSERT INTO tocsin_token_new (TokenGuid, Name, ActiveName, Role, SecretHash, CreatedBy, CreatedAt)
    SELECT TokenGuid, Name, Name, Role, SecretHash, CreatedBy, CreatedAt FROM tocsin_token
    """,
    "DROP TABLE tocsin_token",
    "ALTER TABLE tocsin_token_new RENAME TO tocsin_token",
  ]

  /// `NameKey` is a hash of the name without case: see `UserName`. An identity is somebody whom a login provider knows.
  private static let users = [
    """
    CREATE TABLE tocsin_user (
      UserGuid VARCHAR(255) PRIMARY KEY NOT NULL,
      Name VARCHAR(255) NOT NULL,
      NameKey VARCHAR(64) NOT NULL UNIQUE,
      Email VARCHAR(255),
      Role ENUM('viewer', 'responder', 'admin') NOT NULL,
      PasswordHash VARCHAR(255),
      PasswordSetAt DATETIME,
      TotpSecret VARCHAR(255),
      TotpPending VARCHAR(255),
      TotpEnabledAt DATETIME,
      TotpStep INTEGER,
      CreatedBy VARCHAR(255) NOT NULL,
      CreatedAt DATETIME NOT NULL,
      LastLoginAt DATETIME,
      DisabledAt DATETIME,
      DisabledBy VARCHAR(255)
    )
    """,
    """
    CREATE TABLE tocsin_identity (
      IdentityKey VARCHAR(64) PRIMARY KEY NOT NULL,
      Issuer VARCHAR(2048) NOT NULL,
      Subject VARCHAR(255) NOT NULL,
      UserGuid VARCHAR(255) NOT NULL,
      CreatedAt DATETIME NOT NULL,
      FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid),
      INDEX idx_user (UserGuid)
    )
    """,
    """
    CREATE TABLE tocsin_recovery_code (
      UserGuid VARCHAR(255) NOT NULL,
      CodeHash VARCHAR(64) NOT NULL,
      PRIMARY KEY (UserGuid, CodeHash),
      FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid)
    )
    """,
  ]

  private static let logIn = [
    """
    CREATE TABLE tocsin_session (
      SessionGuid VARCHAR(255) PRIMARY KEY NOT NULL,
      UserGuid VARCHAR(255) NOT NULL,
      SecretHash VARCHAR(64) NOT NULL UNIQUE,
      Method VARCHAR(50) NOT NULL,
      Address VARCHAR(64),
      UserAgent VARCHAR(255),
      CreatedAt DATETIME NOT NULL,
      LastSeenAt DATETIME NOT NULL,
      FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid),
      INDEX idx_user (UserGuid, CreatedAt)
    )
    """,
    """
    CREATE TABLE tocsin_throttle (
      ThrottleKey VARCHAR(64) PRIMARY KEY NOT NULL,
      Failures INTEGER NOT NULL,
      Since DATETIME NOT NULL,
      LastAt DATETIME NOT NULL,
      Blocks INTEGER NOT NULL DEFAULT 0,
      BlockedUntil DATETIME,
      SucceededAt DATETIME,
      INDEX idx_last (LastAt)
    )
    """,
    "CREATE TABLE tocsin_setup (Id INTEGER PRIMARY KEY, SecretHash VARCHAR(64) NOT NULL, ExpiresAt DATETIME NOT NULL)",
  ]

  /// A chain like the timeline's.
  private static let audit = [
    """
    CREATE TABLE tocsin_audit (
      Seq INTEGER PRIMARY KEY NOT NULL,
      Timestamp DATETIME NOT NULL,
      Action VARCHAR(100) NOT NULL,
      Actor VARCHAR(255) NOT NULL,
      Subject VARCHAR(255),
      Address VARCHAR(64),
      Outcome ENUM('DONE', 'REFUSED') NOT NULL,
      Metadata JSON,
      PreviousHash VARCHAR(64) NOT NULL,
      Hash VARCHAR(64) NOT NULL,
      INDEX idx_action (Action, Seq)
    )
    """,
    "CREATE TABLE tocsin_audit_head (Id INTEGER PRIMARY KEY, Seq INTEGER NOT NULL, Hash VARCHAR(64) NOT NULL)",
    "INSERT INTO tocsin_audit_head (Id, Seq, Hash) VALUES (1, 0, '')",
  ]
}
