CREATE TABLE tocsin_migration (
  Number INTEGER PRIMARY KEY,
  Name TEXT NOT NULL,
  AppliedAt DATETIME NOT NULL CHECK (AppliedAt IS NULL OR length(AppliedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', AppliedAt, '+0 days') IS substr(AppliedAt || '.000', 1, 23)),
  WorksBeside INTEGER CHECK (typeof(WorksBeside) IN ('integer', 'null'))
);

CREATE TABLE data_incident (
  IncidentGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(IncidentGuid) <= 255),
  Title VARCHAR(255) NOT NULL CHECK (length(Title) <= 255),
  Severity TEXT NOT NULL CHECK (Severity IN ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW')),
  Status TEXT NOT NULL DEFAULT 'CREATED' CHECK (Status IN ('CREATED', 'INVESTIGATING', 'MONITORING', 'CLOSED')),
  Package VARCHAR(100) NOT NULL CHECK (length(Package) <= 100),
  Description TEXT,
  AssignedTo VARCHAR(255) CHECK (length(AssignedTo) <= 255),
  CreatedBy VARCHAR(255) CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  ClosedBy VARCHAR(255) CHECK (length(ClosedBy) <= 255),
  ClosedAt DATETIME CHECK (ClosedAt IS NULL OR length(ClosedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ClosedAt, '+0 days') IS substr(ClosedAt || '.000', 1, 23)),
  ResolutionSummary TEXT,
  RootCause TEXT,
  AcknowledgedAt DATETIME CHECK (AcknowledgedAt IS NULL OR length(AcknowledgedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', AcknowledgedAt, '+0 days') IS substr(AcknowledgedAt || '.000', 1, 23)),
  AcknowledgedBy VARCHAR(255) CHECK (length(AcknowledgedBy) <= 255),
  UpdatedAt DATETIME CHECK (UpdatedAt IS NULL OR length(UpdatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', UpdatedAt, '+0 days') IS substr(UpdatedAt || '.000', 1, 23)),
  MergedIntoGuid VARCHAR(255) CHECK (length(MergedIntoGuid) <= 255),
  Version INTEGER NOT NULL DEFAULT 1 CHECK (typeof(Version) IN ('integer', 'null')),
  CHECK (Title <> ''),
  CHECK (Package <> ''),
  FOREIGN KEY (MergedIntoGuid) REFERENCES data_incident(IncidentGuid)
);

CREATE TABLE data_incident_alert (
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  AlertGuid VARCHAR(255) NOT NULL CHECK (length(AlertGuid) <= 255),
  LinkedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP CHECK (LinkedAt IS NULL OR length(LinkedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LinkedAt, '+0 days') IS substr(LinkedAt || '.000', 1, 23)),
  LinkedBy VARCHAR(255) CHECK (length(LinkedBy) <= 255),
  OriginIncidentGuid VARCHAR(255) CHECK (length(OriginIncidentGuid) <= 255),
  PRIMARY KEY (IncidentGuid, AlertGuid),
  FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
);

CREATE TABLE data_incident_note (
  NoteGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(NoteGuid) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  NoteType TEXT NOT NULL CHECK (NoteType IN ('ROOT_CAUSE', 'RESOLUTION', 'INVESTIGATION', 'MITIGATION', 'GENERAL')),
  Content TEXT NOT NULL,
  CreatedBy VARCHAR(255) CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  OriginIncidentGuid VARCHAR(255) CHECK (length(OriginIncidentGuid) <= 255),
  FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
);

CREATE TABLE data_incident_timeline (
  TimelineGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(TimelineGuid) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  EventType VARCHAR(100) NOT NULL CHECK (length(EventType) <= 100),
  Description TEXT NOT NULL,
  CreatedBy VARCHAR(255) CHECK (length(CreatedBy) <= 255),
  Timestamp DATETIME NOT NULL CHECK (Timestamp IS NULL OR length(Timestamp) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', Timestamp, '+0 days') IS substr(Timestamp || '.000', 1, 23)),
  OriginIncidentGuid VARCHAR(255) NOT NULL CHECK (length(OriginIncidentGuid) <= 255),
  Metadata TEXT CHECK (Metadata IS NULL OR json_valid(Metadata)),
  Seq INTEGER NOT NULL UNIQUE CHECK (typeof(Seq) IN ('integer', 'null')),
  PreviousHash VARCHAR(64) NOT NULL CHECK (length(PreviousHash) <= 64),
  Hash VARCHAR(64) NOT NULL CHECK (length(Hash) <= 64),
  FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
);

CREATE TABLE tocsin_timeline_head (
  Id INTEGER PRIMARY KEY,
  Seq INTEGER NOT NULL CHECK (typeof(Seq) IN ('integer', 'null')),
  Hash VARCHAR(64) NOT NULL CHECK (length(Hash) <= 64)
);

CREATE TABLE data_incident_communication (
  CommunicationGuid VARCHAR(255) PRIMARY KEY CHECK (length(CommunicationGuid) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  ShortRef VARCHAR(20) UNIQUE NOT NULL CHECK (length(ShortRef) <= 20),
  Channel VARCHAR(50) CHECK (length(Channel) <= 50),
  Direction TEXT DEFAULT 'OUTBOUND' CHECK (Direction IN ('OUTBOUND', 'INBOUND')),
  Status VARCHAR(50) DEFAULT 'SENT' CHECK (length(Status) <= 50),
  Message TEXT,
  Recipient TEXT,
  ExternalId VARCHAR(255) CHECK (length(ExternalId) <= 255),
  ErrorMessage TEXT,
  Timestamp DATETIME DEFAULT CURRENT_TIMESTAMP CHECK (Timestamp IS NULL OR length(Timestamp) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', Timestamp, '+0 days') IS substr(Timestamp || '.000', 1, 23)),
  Metadata TEXT CHECK (Metadata IS NULL OR json_valid(Metadata)), OriginIncidentGuid VARCHAR(255) CHECK (length(OriginIncidentGuid) <= 255),
  FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
    ON DELETE CASCADE
);

CREATE TABLE def_notify (
  NotifyCode VARCHAR(100) PRIMARY KEY NOT NULL CHECK (length(NotifyCode) <= 100),
  NotifyName VARCHAR(255) NOT NULL CHECK (length(NotifyName) <= 255),
  NotifyChannels TEXT NOT NULL,
  MessageTemplate TEXT,
  UpdatedAt DATETIME CHECK (UpdatedAt IS NULL OR length(UpdatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', UpdatedAt, '+0 days') IS substr(UpdatedAt || '.000', 1, 23)),
  UpdatedBy VARCHAR(255) CHECK (length(UpdatedBy) <= 255)
);

CREATE TABLE data_alert (
  AlertGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(AlertGuid) <= 255),
  Source VARCHAR(50) NOT NULL CHECK (length(Source) <= 50),
  DedupKey VARCHAR(255) NOT NULL CHECK (length(DedupKey) <= 255),
  Status TEXT NOT NULL CHECK (Status IN ('FIRING', 'RESOLVED')),
  Severity TEXT NOT NULL CHECK (Severity IN ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW')),
  Package VARCHAR(100) NOT NULL CHECK (length(Package) <= 100),
  Title VARCHAR(255) NOT NULL CHECK (length(Title) <= 255),
  Description TEXT,
  Labels TEXT NOT NULL CHECK (Labels IS NULL OR json_valid(Labels)),
  GroupKey VARCHAR(255) NOT NULL CHECK (length(GroupKey) <= 255),
  Url TEXT,
  StartsAt DATETIME NOT NULL CHECK (StartsAt IS NULL OR length(StartsAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', StartsAt, '+0 days') IS substr(StartsAt || '.000', 1, 23)),
  EndsAt DATETIME CHECK (EndsAt IS NULL OR length(EndsAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', EndsAt, '+0 days') IS substr(EndsAt || '.000', 1, 23)),
  FirstSeenAt DATETIME NOT NULL CHECK (FirstSeenAt IS NULL OR length(FirstSeenAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', FirstSeenAt, '+0 days') IS substr(FirstSeenAt || '.000', 1, 23)),
  LastSeenAt DATETIME NOT NULL CHECK (LastSeenAt IS NULL OR length(LastSeenAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastSeenAt, '+0 days') IS substr(LastSeenAt || '.000', 1, 23)),
  Count INTEGER NOT NULL DEFAULT 1 CHECK (typeof(Count) IN ('integer', 'null')), AcknowledgedAt DATETIME CHECK (AcknowledgedAt IS NULL OR length(AcknowledgedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', AcknowledgedAt, '+0 days') IS substr(AcknowledgedAt || '.000', 1, 23)), AcknowledgedBy VARCHAR(255) CHECK (length(AcknowledgedBy) <= 255), AcknowledgedUntil DATETIME CHECK (AcknowledgedUntil IS NULL OR length(AcknowledgedUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', AcknowledgedUntil, '+0 days') IS substr(AcknowledgedUntil || '.000', 1, 23)), SilencedBy VARCHAR(255) CHECK (length(SilencedBy) <= 255), SilencedUntil DATETIME CHECK (SilencedUntil IS NULL OR length(SilencedUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', SilencedUntil, '+0 days') IS substr(SilencedUntil || '.000', 1, 23)), FlappingSince DATETIME CHECK (FlappingSince IS NULL OR length(FlappingSince) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', FlappingSince, '+0 days') IS substr(FlappingSince || '.000', 1, 23)), FlappingUntil DATETIME CHECK (FlappingUntil IS NULL OR length(FlappingUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', FlappingUntil, '+0 days') IS substr(FlappingUntil || '.000', 1, 23)), ExpiresAt DATETIME CHECK (ExpiresAt IS NULL OR length(ExpiresAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ExpiresAt, '+0 days') IS substr(ExpiresAt || '.000', 1, 23)), CheckAt DATETIME CHECK (CheckAt IS NULL OR length(CheckAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CheckAt, '+0 days') IS substr(CheckAt || '.000', 1, 23)),
  UNIQUE (Source, DedupKey)
);

CREATE TABLE tocsin_alert_group (
  GroupKey VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(GroupKey) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  FOREIGN KEY (IncidentGuid) REFERENCES data_incident(IncidentGuid)
);

CREATE TABLE tocsin_search_entry (
  Id INTEGER PRIMARY KEY,
  RowGuid TEXT NOT NULL UNIQUE,
  IncidentGuid TEXT NOT NULL
);

CREATE VIRTUAL TABLE tocsin_search USING fts5(Body, content='', tokenize='unicode61 remove_diacritics 2');

CREATE TABLE tocsin_delivery (
  Id INTEGER PRIMARY KEY,
  CommunicationGuid VARCHAR(255) NOT NULL UNIQUE CHECK (length(CommunicationGuid) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  Kind TEXT NOT NULL CHECK (Kind IN ('NOTIFICATION', 'UPDATE', 'REPORT')),
  Event VARCHAR(100) CHECK (length(Event) <= 100),
  Channel VARCHAR(50) NOT NULL CHECK (length(Channel) <= 50),
  Target VARCHAR(2048) NOT NULL CHECK (length(Target) <= 2048),
  TargetKey VARCHAR(64) NOT NULL CHECK (length(TargetKey) <= 64),
  Destination VARCHAR(255) NOT NULL CHECK (length(Destination) <= 255),
  Follows TEXT NOT NULL,
  Subject TEXT NOT NULL,
  HtmlBody TEXT,
  TextBody TEXT,
  MayBeHeld INTEGER NOT NULL DEFAULT 0 CHECK (typeof(MayBeHeld) IN ('integer', 'null')),
  IsHeld INTEGER NOT NULL DEFAULT 0 CHECK (typeof(IsHeld) IN ('integer', 'null')),
  BundleGuid VARCHAR(255) CHECK (length(BundleGuid) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE
);

CREATE TABLE tocsin_queue (
  Id INTEGER PRIMARY KEY,
  CommunicationGuid VARCHAR(255) NOT NULL UNIQUE CHECK (length(CommunicationGuid) <= 255),
  IncidentGuid VARCHAR(255) NOT NULL CHECK (length(IncidentGuid) <= 255),
  Channel VARCHAR(50) NOT NULL CHECK (length(Channel) <= 50),
  TargetKey VARCHAR(64) NOT NULL CHECK (length(TargetKey) <= 64),
  Destination VARCHAR(255) NOT NULL CHECK (length(Destination) <= 255),
  Priority INTEGER NOT NULL CHECK (typeof(Priority) IN ('integer', 'null')),
  IsHeld INTEGER NOT NULL DEFAULT 0 CHECK (typeof(IsHeld) IN ('integer', 'null')),
  BundleGuid VARCHAR(255) CHECK (length(BundleGuid) <= 255),
  QueuedAt DATETIME NOT NULL CHECK (QueuedAt IS NULL OR length(QueuedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', QueuedAt, '+0 days') IS substr(QueuedAt || '.000', 1, 23)),
  NextAt DATETIME NOT NULL CHECK (NextAt IS NULL OR length(NextAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', NextAt, '+0 days') IS substr(NextAt || '.000', 1, 23)),
  TriedSince DATETIME CHECK (TriedSince IS NULL OR length(TriedSince) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', TriedSince, '+0 days') IS substr(TriedSince || '.000', 1, 23)),
  LeaseUntil DATETIME CHECK (LeaseUntil IS NULL OR length(LeaseUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LeaseUntil, '+0 days') IS substr(LeaseUntil || '.000', 1, 23)),
  Owner VARCHAR(255) CHECK (length(Owner) <= 255),
  Attempt INTEGER NOT NULL DEFAULT 0 CHECK (typeof(Attempt) IN ('integer', 'null')),
  FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE
);

CREATE TABLE tocsin_attempt (
  CommunicationGuid VARCHAR(255) NOT NULL CHECK (length(CommunicationGuid) <= 255),
  Number INTEGER NOT NULL CHECK (typeof(Number) IN ('integer', 'null')),
  Channel VARCHAR(50) NOT NULL CHECK (length(Channel) <= 50),
  StartedAt DATETIME NOT NULL CHECK (StartedAt IS NULL OR length(StartedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', StartedAt, '+0 days') IS substr(StartedAt || '.000', 1, 23)),
  DurationMs INTEGER CHECK (typeof(DurationMs) IN ('integer', 'null')),
  Outcome TEXT NOT NULL CHECK (Outcome IN ('UNCLEAR', 'ACCEPTED', 'RETRY', 'REFUSED')),
  Answer TEXT,
  PRIMARY KEY (CommunicationGuid, Number),
  FOREIGN KEY (CommunicationGuid) REFERENCES data_incident_communication(CommunicationGuid) ON DELETE CASCADE
);

CREATE TABLE tocsin_destination (
  Channel VARCHAR(50) NOT NULL CHECK (length(Channel) <= 50),
  Destination VARCHAR(255) NOT NULL CHECK (length(Destination) <= 255),
  PausedUntil DATETIME CHECK (PausedUntil IS NULL OR length(PausedUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', PausedUntil, '+0 days') IS substr(PausedUntil || '.000', 1, 23)),
  ToldUntil DATETIME CHECK (ToldUntil IS NULL OR length(ToldUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ToldUntil, '+0 days') IS substr(ToldUntil || '.000', 1, 23)),
  Failures INTEGER NOT NULL DEFAULT 0 CHECK (typeof(Failures) IN ('integer', 'null')),
  FailingSince DATETIME CHECK (FailingSince IS NULL OR length(FailingSince) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', FailingSince, '+0 days') IS substr(FailingSince || '.000', 1, 23)),
  FreeAt DATETIME CHECK (FreeAt IS NULL OR length(FreeAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', FreeAt, '+0 days') IS substr(FreeAt || '.000', 1, 23)),
  PRIMARY KEY (Channel, Destination)
);

CREATE TABLE tocsin_delivery_report (
  Channel VARCHAR(50) NOT NULL CHECK (length(Channel) <= 50),
  ExternalId VARCHAR(255) NOT NULL CHECK (length(ExternalId) <= 255),
  Outcome VARCHAR(20) NOT NULL CHECK (length(Outcome) <= 20),
  Reason TEXT,
  Metadata TEXT CHECK (Metadata IS NULL OR json_valid(Metadata)),
  ReceivedAt DATETIME NOT NULL CHECK (ReceivedAt IS NULL OR length(ReceivedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ReceivedAt, '+0 days') IS substr(ReceivedAt || '.000', 1, 23)),
  PRIMARY KEY (Channel, ExternalId)
);

CREATE TABLE "tocsin_token" (
  TokenGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(TokenGuid) <= 255),
  Name VARCHAR(255) NOT NULL CHECK (length(Name) <= 255),
  ActiveName VARCHAR(255) UNIQUE CHECK (length(ActiveName) <= 255),
  Role TEXT NOT NULL CHECK (Role IN ('viewer', 'ingest', 'responder', 'admin')),
  SecretHash VARCHAR(64) NOT NULL UNIQUE CHECK (length(SecretHash) <= 64),
  LastFour VARCHAR(4) CHECK (length(LastFour) <= 4),
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  ExpiresAt DATETIME CHECK (ExpiresAt IS NULL OR length(ExpiresAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ExpiresAt, '+0 days') IS substr(ExpiresAt || '.000', 1, 23)),
  LastUsedAt DATETIME CHECK (LastUsedAt IS NULL OR length(LastUsedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastUsedAt, '+0 days') IS substr(LastUsedAt || '.000', 1, 23)),
  RevokedAt DATETIME CHECK (RevokedAt IS NULL OR length(RevokedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', RevokedAt, '+0 days') IS substr(RevokedAt || '.000', 1, 23)),
  RevokedBy VARCHAR(255) CHECK (length(RevokedBy) <= 255)
);

CREATE TABLE tocsin_user (
  UserGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(UserGuid) <= 255),
  Name VARCHAR(255) NOT NULL CHECK (length(Name) <= 255),
  NameKey VARCHAR(64) NOT NULL UNIQUE CHECK (length(NameKey) <= 64),
  Email VARCHAR(255) CHECK (length(Email) <= 255),
  Role TEXT NOT NULL CHECK (Role IN ('viewer', 'responder', 'admin')),
  PasswordHash VARCHAR(255) CHECK (length(PasswordHash) <= 255),
  PasswordSetAt DATETIME CHECK (PasswordSetAt IS NULL OR length(PasswordSetAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', PasswordSetAt, '+0 days') IS substr(PasswordSetAt || '.000', 1, 23)),
  TotpSecret VARCHAR(255) CHECK (length(TotpSecret) <= 255),
  TotpPending VARCHAR(255) CHECK (length(TotpPending) <= 255),
  TotpEnabledAt DATETIME CHECK (TotpEnabledAt IS NULL OR length(TotpEnabledAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', TotpEnabledAt, '+0 days') IS substr(TotpEnabledAt || '.000', 1, 23)),
  TotpStep INTEGER CHECK (typeof(TotpStep) IN ('integer', 'null')),
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  LastLoginAt DATETIME CHECK (LastLoginAt IS NULL OR length(LastLoginAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastLoginAt, '+0 days') IS substr(LastLoginAt || '.000', 1, 23)),
  DisabledAt DATETIME CHECK (DisabledAt IS NULL OR length(DisabledAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', DisabledAt, '+0 days') IS substr(DisabledAt || '.000', 1, 23)),
  DisabledBy VARCHAR(255) CHECK (length(DisabledBy) <= 255)
);

CREATE TABLE tocsin_identity (
  IdentityKey VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(IdentityKey) <= 64),
  Issuer VARCHAR(2048) NOT NULL CHECK (length(Issuer) <= 2048),
  Subject VARCHAR(255) NOT NULL CHECK (length(Subject) <= 255),
  UserGuid VARCHAR(255) NOT NULL CHECK (length(UserGuid) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid)
);

CREATE TABLE tocsin_recovery_code (
  UserGuid VARCHAR(255) NOT NULL CHECK (length(UserGuid) <= 255),
  CodeHash VARCHAR(64) NOT NULL CHECK (length(CodeHash) <= 64),
  PRIMARY KEY (UserGuid, CodeHash),
  FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid)
);

CREATE TABLE tocsin_session (
  SessionGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(SessionGuid) <= 255),
  UserGuid VARCHAR(255) NOT NULL CHECK (length(UserGuid) <= 255),
  SecretHash VARCHAR(64) NOT NULL UNIQUE CHECK (length(SecretHash) <= 64),
  Method VARCHAR(50) NOT NULL CHECK (length(Method) <= 50),
  Address VARCHAR(64) CHECK (length(Address) <= 64),
  UserAgent VARCHAR(255) CHECK (length(UserAgent) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  LastSeenAt DATETIME NOT NULL CHECK (LastSeenAt IS NULL OR length(LastSeenAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastSeenAt, '+0 days') IS substr(LastSeenAt || '.000', 1, 23)),
  FOREIGN KEY (UserGuid) REFERENCES tocsin_user(UserGuid)
);

CREATE TABLE tocsin_throttle (
  ThrottleKey VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(ThrottleKey) <= 64),
  Failures INTEGER NOT NULL CHECK (typeof(Failures) IN ('integer', 'null')),
  Since DATETIME NOT NULL CHECK (Since IS NULL OR length(Since) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', Since, '+0 days') IS substr(Since || '.000', 1, 23)),
  LastAt DATETIME NOT NULL CHECK (LastAt IS NULL OR length(LastAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastAt, '+0 days') IS substr(LastAt || '.000', 1, 23)),
  Blocks INTEGER NOT NULL DEFAULT 0 CHECK (typeof(Blocks) IN ('integer', 'null')),
  BlockedUntil DATETIME CHECK (BlockedUntil IS NULL OR length(BlockedUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', BlockedUntil, '+0 days') IS substr(BlockedUntil || '.000', 1, 23)),
  SucceededAt DATETIME CHECK (SucceededAt IS NULL OR length(SucceededAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', SucceededAt, '+0 days') IS substr(SucceededAt || '.000', 1, 23))
);

CREATE TABLE tocsin_setup (
  Id INTEGER PRIMARY KEY,
  SecretHash VARCHAR(64) NOT NULL CHECK (length(SecretHash) <= 64),
  ExpiresAt DATETIME NOT NULL CHECK (ExpiresAt IS NULL OR length(ExpiresAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', ExpiresAt, '+0 days') IS substr(ExpiresAt || '.000', 1, 23))
);

CREATE TABLE tocsin_audit (
  Seq INTEGER PRIMARY KEY NOT NULL,
  Timestamp DATETIME NOT NULL CHECK (Timestamp IS NULL OR length(Timestamp) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', Timestamp, '+0 days') IS substr(Timestamp || '.000', 1, 23)),
  Action VARCHAR(100) NOT NULL CHECK (length(Action) <= 100),
  Actor VARCHAR(255) NOT NULL CHECK (length(Actor) <= 255),
  Subject VARCHAR(255) CHECK (length(Subject) <= 255),
  Address VARCHAR(64) CHECK (length(Address) <= 64),
  Outcome TEXT NOT NULL CHECK (Outcome IN ('DONE', 'REFUSED')),
  Metadata TEXT CHECK (Metadata IS NULL OR json_valid(Metadata)),
  PreviousHash VARCHAR(64) NOT NULL CHECK (length(PreviousHash) <= 64),
  Hash VARCHAR(64) NOT NULL CHECK (length(Hash) <= 64)
);

CREATE TABLE tocsin_audit_head (
  Id INTEGER PRIMARY KEY,
  Seq INTEGER NOT NULL CHECK (typeof(Seq) IN ('integer', 'null')),
  Hash VARCHAR(64) NOT NULL CHECK (length(Hash) <= 64)
);

CREATE TABLE tocsin_idempotency (
  RequestId VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(RequestId) <= 64),
  Sealed MEDIUMTEXT NOT NULL,
  IsFinal INTEGER NOT NULL CHECK (typeof(IsFinal) IN ('integer', 'null')),
  Owner VARCHAR(255) NOT NULL CHECK (length(Owner) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23))
);

CREATE TABLE data_silence (
  SilenceGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(SilenceGuid) <= 255),
  Matchers LONGTEXT NOT NULL,
  Comment TEXT,
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  UpdatedAt DATETIME NOT NULL CHECK (UpdatedAt IS NULL OR length(UpdatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', UpdatedAt, '+0 days') IS substr(UpdatedAt || '.000', 1, 23)),
  StartsAt DATETIME NOT NULL CHECK (StartsAt IS NULL OR length(StartsAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', StartsAt, '+0 days') IS substr(StartsAt || '.000', 1, 23)),
  EndsAt DATETIME CHECK (EndsAt IS NULL OR length(EndsAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', EndsAt, '+0 days') IS substr(EndsAt || '.000', 1, 23)),
  Weekdays VARCHAR(255) CHECK (length(Weekdays) <= 255),
  FromTime VARCHAR(5) CHECK (length(FromTime) <= 5),
  Minutes INTEGER CHECK (typeof(Minutes) IN ('integer', 'null')),
  TimeZone VARCHAR(100) CHECK (length(TimeZone) <= 100)
);

CREATE TABLE data_silence_comment (
  CommentGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(CommentGuid) <= 255),
  SilenceGuid VARCHAR(255) NOT NULL CHECK (length(SilenceGuid) <= 255),
  Comment TEXT NOT NULL,
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  FOREIGN KEY (SilenceGuid) REFERENCES data_silence(SilenceGuid) ON DELETE CASCADE
);

CREATE TABLE tocsin_silence_head (
  Id INTEGER PRIMARY KEY,
  Version VARCHAR(255) NOT NULL CHECK (length(Version) <= 255)
);

CREATE TABLE data_heartbeat (
  HeartbeatName VARCHAR(100) PRIMARY KEY NOT NULL CHECK (length(HeartbeatName) <= 100),
  IntervalSeconds INTEGER NOT NULL CHECK (typeof(IntervalSeconds) IN ('integer', 'null')),
  GraceSeconds INTEGER NOT NULL CHECK (typeof(GraceSeconds) IN ('integer', 'null')),
  Severity TEXT NOT NULL CHECK (Severity IN ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW')),
  Package VARCHAR(100) NOT NULL CHECK (length(Package) <= 100),
  Title VARCHAR(255) CHECK (length(Title) <= 255),
  IsEnabled INTEGER NOT NULL CHECK (typeof(IsEnabled) IN ('integer', 'null')),
  LastBeatAt DATETIME CHECK (LastBeatAt IS NULL OR length(LastBeatAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', LastBeatAt, '+0 days') IS substr(LastBeatAt || '.000', 1, 23)),
  DueAt DATETIME CHECK (DueAt IS NULL OR length(DueAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', DueAt, '+0 days') IS substr(DueAt || '.000', 1, 23)),
  MissedAt DATETIME CHECK (MissedAt IS NULL OR length(MissedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', MissedAt, '+0 days') IS substr(MissedAt || '.000', 1, 23)),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  UpdatedAt DATETIME CHECK (UpdatedAt IS NULL OR length(UpdatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', UpdatedAt, '+0 days') IS substr(UpdatedAt || '.000', 1, 23)),
  UpdatedBy VARCHAR(255) CHECK (length(UpdatedBy) <= 255)
);

CREATE TABLE tocsin_alert_occurrence (
  OccurrenceGuid VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(OccurrenceGuid) <= 64),
  Purpose TEXT NOT NULL CHECK (Purpose IN ('THRESHOLD', 'FLAP')),
  AlertGuid VARCHAR(255) NOT NULL CHECK (length(AlertGuid) <= 255),
  GroupKey VARCHAR(255) NOT NULL CHECK (length(GroupKey) <= 255),
  OccurredAt DATETIME NOT NULL CHECK (OccurredAt IS NULL OR length(OccurredAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', OccurredAt, '+0 days') IS substr(OccurredAt || '.000', 1, 23)),
  KeptUntil DATETIME NOT NULL CHECK (KeptUntil IS NULL OR length(KeptUntil) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', KeptUntil, '+0 days') IS substr(KeptUntil || '.000', 1, 23)),
  FOREIGN KEY (AlertGuid) REFERENCES data_alert(AlertGuid)
);

CREATE TABLE data_alert_note (
  NoteGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(NoteGuid) <= 255),
  AlertGuid VARCHAR(255) NOT NULL CHECK (length(AlertGuid) <= 255),
  Content TEXT NOT NULL,
  AssignedTo VARCHAR(255) CHECK (length(AssignedTo) <= 255),
  CreatedBy VARCHAR(255) NOT NULL CHECK (length(CreatedBy) <= 255),
  CreatedAt DATETIME NOT NULL CHECK (CreatedAt IS NULL OR length(CreatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', CreatedAt, '+0 days') IS substr(CreatedAt || '.000', 1, 23)),
  FOREIGN KEY (AlertGuid) REFERENCES data_alert(AlertGuid)
);

CREATE TABLE tocsin_setting (
  SettingName VARCHAR(100) PRIMARY KEY NOT NULL CHECK (length(SettingName) <= 100),
  Value TEXT NOT NULL,
  UpdatedAt DATETIME NOT NULL CHECK (UpdatedAt IS NULL OR length(UpdatedAt) BETWEEN 19 AND 23 AND strftime('%Y-%m-%d %H:%M:%f', UpdatedAt, '+0 days') IS substr(UpdatedAt || '.000', 1, 23)),
  UpdatedBy VARCHAR(255) NOT NULL CHECK (length(UpdatedBy) <= 255)
);

CREATE TABLE tocsin_demo (
  RowGuid VARCHAR(255) PRIMARY KEY NOT NULL CHECK (length(RowGuid) <= 255),
  Kind TEXT NOT NULL CHECK (Kind IN ('INCIDENT', 'ALERT'))
);

CREATE INDEX data_incident_idx_created ON data_incident (CreatedAt, IncidentGuid);

CREATE INDEX data_incident_idx_status ON data_incident (Status, CreatedAt, IncidentGuid);

CREATE INDEX data_incident_idx_severity ON data_incident (Severity, CreatedAt, IncidentGuid);

CREATE INDEX data_incident_idx_package ON data_incident (Package, CreatedAt, IncidentGuid);

CREATE INDEX data_incident_idx_assigned_to ON data_incident (AssignedTo, CreatedAt, IncidentGuid);

CREATE INDEX data_incident_alert_idx_alert_guid ON data_incident_alert (AlertGuid);

CREATE INDEX data_incident_timeline_idx_incident_guid ON data_incident_timeline (IncidentGuid, Seq);

CREATE INDEX data_incident_communication_idx_incident_guid ON data_incident_communication (IncidentGuid);

CREATE INDEX data_incident_communication_idx_short_ref ON data_incident_communication (ShortRef);

CREATE INDEX data_incident_communication_idx_channel ON data_incident_communication (Channel);

CREATE INDEX data_incident_communication_idx_timestamp ON data_incident_communication (Timestamp);

CREATE INDEX tocsin_alert_group_idx_incident_guid ON tocsin_alert_group (IncidentGuid);

CREATE INDEX tocsin_delivery_idx_conversation ON tocsin_delivery (IncidentGuid, Channel, TargetKey, Id);

CREATE INDEX tocsin_delivery_idx_storm ON tocsin_delivery (Channel, TargetKey, CreatedAt);

CREATE INDEX tocsin_queue_idx_due ON tocsin_queue (Channel, Destination, Priority, Id);

CREATE INDEX tocsin_queue_idx_order ON tocsin_queue (IncidentGuid, Channel, TargetKey, Id);

CREATE INDEX tocsin_queue_idx_held ON tocsin_queue (Channel, TargetKey, IsHeld, Priority, Id);

CREATE INDEX tocsin_queue_idx_bundle ON tocsin_queue (BundleGuid);

CREATE INDEX tocsin_queue_idx_next ON tocsin_queue (Channel, NextAt);

CREATE INDEX tocsin_queue_idx_owner ON tocsin_queue (Owner);

CREATE INDEX tocsin_attempt_idx_channel ON tocsin_attempt (Channel, StartedAt);

CREATE INDEX data_incident_communication_idx_external_id
ON data_incident_communication (Channel, ExternalId);

CREATE INDEX tocsin_identity_idx_user ON tocsin_identity (UserGuid);

CREATE INDEX tocsin_session_idx_user ON tocsin_session (UserGuid, CreatedAt);

CREATE INDEX tocsin_throttle_idx_last ON tocsin_throttle (LastAt);

CREATE INDEX tocsin_audit_idx_action ON tocsin_audit (Action, Seq);

CREATE INDEX data_incident_note_idx_incident_guid ON data_incident_note (IncidentGuid, CreatedAt, NoteGuid);

CREATE INDEX data_incident_alert_idx_linked ON data_incident_alert (IncidentGuid, LinkedAt, AlertGuid);

CREATE INDEX data_incident_communication_idx_sent
ON data_incident_communication (IncidentGuid, Timestamp, CommunicationGuid);

CREATE INDEX data_incident_communication_idx_status
ON data_incident_communication (Status, Timestamp, CommunicationGuid);

CREATE INDEX tocsin_idempotency_idx_created ON tocsin_idempotency (CreatedAt);

CREATE INDEX data_alert_idx_check ON data_alert (CheckAt);

CREATE INDEX data_alert_idx_status ON data_alert (Status, AlertGuid);

CREATE INDEX data_silence_idx_ends ON data_silence (EndsAt);

CREATE INDEX data_silence_comment_idx_silence ON data_silence_comment (SilenceGuid, CreatedAt, CommentGuid);

CREATE INDEX data_heartbeat_idx_due ON data_heartbeat (DueAt);

CREATE INDEX tocsin_alert_occurrence_idx_alert ON tocsin_alert_occurrence (AlertGuid, OccurredAt);

CREATE INDEX tocsin_alert_occurrence_idx_group ON tocsin_alert_occurrence (GroupKey, OccurredAt);

CREATE INDEX tocsin_alert_occurrence_idx_kept ON tocsin_alert_occurrence (KeptUntil);

CREATE INDEX data_alert_note_idx_alert ON data_alert_note (AlertGuid, CreatedAt, NoteGuid);

CREATE INDEX tocsin_demo_idx_kind ON tocsin_demo (Kind);

CREATE TRIGGER data_incident_search_insert AFTER INSERT ON data_incident BEGIN
  INSERT INTO tocsin_search_entry (RowGuid, IncidentGuid) VALUES (new.IncidentGuid, new.IncidentGuid);
  INSERT INTO tocsin_search (rowid, Body) VALUES (last_insert_rowid(), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Title, '') || ' ' || coalesce(new.Description, '') AS Text)))));
END;

CREATE TRIGGER data_incident_search_update AFTER UPDATE OF Title, Description ON data_incident
WHEN coalesce(old.Title, '') || ' ' || coalesce(old.Description, '') IS NOT coalesce(new.Title, '') || ' ' || coalesce(new.Description, '') BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.IncidentGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Title, '') || ' ' || coalesce(old.Description, '') AS Text)))));
  INSERT INTO tocsin_search (rowid, Body) VALUES ((SELECT Id FROM tocsin_search_entry WHERE RowGuid = new.IncidentGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Title, '') || ' ' || coalesce(new.Description, '') AS Text)))));
END;

CREATE TRIGGER data_incident_search_delete AFTER DELETE ON data_incident BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.IncidentGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Title, '') || ' ' || coalesce(old.Description, '') AS Text)))));
  DELETE FROM tocsin_search_entry WHERE RowGuid = old.IncidentGuid;
END;

CREATE TRIGGER data_incident_note_search_insert AFTER INSERT ON data_incident_note BEGIN
  INSERT INTO tocsin_search_entry (RowGuid, IncidentGuid) VALUES (new.NoteGuid, new.IncidentGuid);
  INSERT INTO tocsin_search (rowid, Body) VALUES (last_insert_rowid(), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Content, '') AS Text)))));
END;

CREATE TRIGGER data_incident_note_search_update AFTER UPDATE OF Content ON data_incident_note
WHEN coalesce(old.Content, '') IS NOT coalesce(new.Content, '') BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.NoteGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Content, '') AS Text)))));
  INSERT INTO tocsin_search (rowid, Body) VALUES ((SELECT Id FROM tocsin_search_entry WHERE RowGuid = new.NoteGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Content, '') AS Text)))));
END;

CREATE TRIGGER data_incident_note_search_delete AFTER DELETE ON data_incident_note BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.NoteGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Content, '') AS Text)))));
  DELETE FROM tocsin_search_entry WHERE RowGuid = old.NoteGuid;
END;

CREATE TRIGGER data_incident_note_search_move AFTER UPDATE OF IncidentGuid ON data_incident_note BEGIN
  UPDATE tocsin_search_entry SET IncidentGuid = new.IncidentGuid WHERE RowGuid = new.NoteGuid;
END;

CREATE TRIGGER data_incident_communication_search_insert AFTER INSERT ON data_incident_communication BEGIN
  INSERT INTO tocsin_search_entry (RowGuid, IncidentGuid) VALUES (new.CommunicationGuid, new.IncidentGuid);
  INSERT INTO tocsin_search (rowid, Body) VALUES (last_insert_rowid(), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Message, '') AS Text)))));
END;

CREATE TRIGGER data_incident_communication_search_update AFTER UPDATE OF Message ON data_incident_communication
WHEN coalesce(old.Message, '') IS NOT coalesce(new.Message, '') BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.CommunicationGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Message, '') AS Text)))));
  INSERT INTO tocsin_search (rowid, Body) VALUES ((SELECT Id FROM tocsin_search_entry WHERE RowGuid = new.CommunicationGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(new.Message, '') AS Text)))));
END;

CREATE TRIGGER data_incident_communication_search_delete AFTER DELETE ON data_incident_communication BEGIN
  INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', (SELECT Id FROM tocsin_search_entry WHERE RowGuid = old.CommunicationGuid), (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ί', 'ι'), 'ό', 'ο'), 'Ό', 'ο'), 'ύ', 'υ'), 'Ύ', 'υ'), 'ώ', 'ω'), 'Ώ', 'ω'), 'ΐ', 'ι'), 'ΰ', 'υ') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'Ð', 'd'), 'ħ', 'h'), 'Ħ', 'h'), 'ё', 'е'), 'Ё', 'е'), 'ά', 'α'), 'Ά', 'α'), 'έ', 'ε'), 'Έ', 'ε'), 'ή', 'η'), 'Ή', 'η'), 'ί', 'ι') AS Text FROM (SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(Text, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd') AS Text FROM (SELECT coalesce(old.Message, '') AS Text)))));
  DELETE FROM tocsin_search_entry WHERE RowGuid = old.CommunicationGuid;
END;

CREATE TRIGGER data_incident_communication_search_move AFTER UPDATE OF IncidentGuid ON data_incident_communication BEGIN
  UPDATE tocsin_search_entry SET IncidentGuid = new.IncidentGuid WHERE RowGuid = new.CommunicationGuid;
END;
