CREATE TABLE "data_alert" (
  "AlertGuid" varchar(255) NOT NULL,
  "Source" varchar(50) NOT NULL,
  "DedupKey" varchar(255) NOT NULL,
  "Status" enum('FIRING','RESOLVED') NOT NULL,
  "Severity" enum('CRITICAL','HIGH','MEDIUM','LOW') NOT NULL,
  "Package" varchar(100) NOT NULL,
  "Title" varchar(255) NOT NULL,
  "Description" mediumtext DEFAULT NULL,
  "Labels" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL CHECK (json_valid("Labels")),
  "GroupKey" varchar(255) NOT NULL,
  "Url" mediumtext DEFAULT NULL,
  "StartsAt" datetime(3) NOT NULL,
  "EndsAt" datetime(3) DEFAULT NULL,
  "FirstSeenAt" datetime(3) NOT NULL,
  "LastSeenAt" datetime(3) NOT NULL,
  "Count" bigint(20) NOT NULL DEFAULT 1,
  "AcknowledgedAt" datetime(3) DEFAULT NULL,
  "AcknowledgedBy" varchar(255) DEFAULT NULL,
  "AcknowledgedUntil" datetime(3) DEFAULT NULL,
  "SilencedBy" varchar(255) DEFAULT NULL,
  "SilencedUntil" datetime(3) DEFAULT NULL,
  "FlappingSince" datetime(3) DEFAULT NULL,
  "FlappingUntil" datetime(3) DEFAULT NULL,
  "ExpiresAt" datetime(3) DEFAULT NULL,
  "CheckAt" datetime(3) DEFAULT NULL,
  PRIMARY KEY ("AlertGuid"),
  UNIQUE KEY "Source" ("Source","DedupKey"),
  KEY "idx_check" ("CheckAt"),
  KEY "idx_status" ("Status","AlertGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_alert_note" (
  "NoteGuid" varchar(255) NOT NULL,
  "AlertGuid" varchar(255) NOT NULL,
  "Content" mediumtext NOT NULL,
  "AssignedTo" varchar(255) DEFAULT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("NoteGuid"),
  KEY "idx_alert" ("AlertGuid","CreatedAt","NoteGuid"),
  CONSTRAINT "data_alert_note_ibfk_1" FOREIGN KEY ("AlertGuid") REFERENCES "data_alert" ("AlertGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_heartbeat" (
  "HeartbeatName" varchar(100) NOT NULL,
  "IntervalSeconds" bigint(20) NOT NULL,
  "GraceSeconds" bigint(20) NOT NULL,
  "Severity" enum('CRITICAL','HIGH','MEDIUM','LOW') NOT NULL,
  "Package" varchar(100) NOT NULL,
  "Title" varchar(255) DEFAULT NULL,
  "IsEnabled" bigint(20) NOT NULL,
  "LastBeatAt" datetime(3) DEFAULT NULL,
  "DueAt" datetime(3) DEFAULT NULL,
  "MissedAt" datetime(3) DEFAULT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "UpdatedAt" datetime(3) DEFAULT NULL,
  "UpdatedBy" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("HeartbeatName"),
  KEY "idx_due" ("DueAt")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_incident" (
  "IncidentGuid" varchar(255) NOT NULL,
  "Title" varchar(255) NOT NULL,
  "Severity" enum('CRITICAL','HIGH','MEDIUM','LOW') NOT NULL,
  "Status" enum('CREATED','INVESTIGATING','MONITORING','CLOSED') NOT NULL DEFAULT 'CREATED',
  "Package" varchar(100) NOT NULL,
  "Description" mediumtext DEFAULT NULL,
  "AssignedTo" varchar(255) DEFAULT NULL,
  "CreatedBy" varchar(255) DEFAULT NULL,
  "CreatedAt" datetime(3) NOT NULL DEFAULT current_timestamp(3),
  "ClosedBy" varchar(255) DEFAULT NULL,
  "ClosedAt" datetime(3) DEFAULT NULL,
  "ResolutionSummary" mediumtext DEFAULT NULL,
  "RootCause" mediumtext DEFAULT NULL,
  "AcknowledgedAt" datetime(3) DEFAULT NULL,
  "AcknowledgedBy" varchar(255) DEFAULT NULL,
  "UpdatedAt" datetime(3) DEFAULT NULL,
  "MergedIntoGuid" varchar(255) DEFAULT NULL,
  "Version" bigint(20) NOT NULL DEFAULT 1,
  PRIMARY KEY ("IncidentGuid"),
  KEY "MergedIntoGuid" ("MergedIntoGuid"),
  KEY "idx_created" ("CreatedAt","IncidentGuid"),
  KEY "idx_status" ("Status","CreatedAt","IncidentGuid"),
  KEY "idx_severity" ("Severity","CreatedAt","IncidentGuid"),
  KEY "idx_package" ("Package","CreatedAt","IncidentGuid"),
  KEY "idx_assigned_to" ("AssignedTo","CreatedAt","IncidentGuid"),
  CONSTRAINT "data_incident_ibfk_1" FOREIGN KEY ("MergedIntoGuid") REFERENCES "data_incident" ("IncidentGuid"),
  CONSTRAINT "CONSTRAINT_1" CHECK ("Title" <> ''),
  CONSTRAINT "CONSTRAINT_2" CHECK ("Package" <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_incident_alert" (
  "IncidentGuid" varchar(255) NOT NULL,
  "AlertGuid" varchar(255) NOT NULL,
  "LinkedAt" datetime(3) NOT NULL DEFAULT current_timestamp(3),
  "LinkedBy" varchar(255) DEFAULT NULL,
  "OriginIncidentGuid" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("IncidentGuid","AlertGuid"),
  KEY "idx_alert_guid" ("AlertGuid"),
  KEY "idx_linked" ("IncidentGuid","LinkedAt","AlertGuid"),
  CONSTRAINT "data_incident_alert_ibfk_1" FOREIGN KEY ("IncidentGuid") REFERENCES "data_incident" ("IncidentGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_incident_communication" (
  "CommunicationGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "ShortRef" varchar(20) NOT NULL,
  "Channel" varchar(50) DEFAULT NULL,
  "Direction" enum('OUTBOUND','INBOUND') DEFAULT 'OUTBOUND',
  "Status" varchar(50) DEFAULT 'SENT',
  "Message" mediumtext DEFAULT NULL,
  "Recipient" mediumtext DEFAULT NULL,
  "ExternalId" varchar(255) DEFAULT NULL,
  "ErrorMessage" mediumtext DEFAULT NULL,
  "Timestamp" datetime(3) DEFAULT current_timestamp(3),
  "Metadata" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid("Metadata")),
  "OriginIncidentGuid" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("CommunicationGuid"),
  UNIQUE KEY "ShortRef" ("ShortRef"),
  KEY "idx_incident_guid" ("IncidentGuid"),
  KEY "idx_short_ref" ("ShortRef"),
  KEY "idx_channel" ("Channel"),
  KEY "idx_timestamp" ("Timestamp"),
  KEY "idx_external_id" ("Channel","ExternalId"),
  KEY "idx_sent" ("IncidentGuid","Timestamp","CommunicationGuid"),
  KEY "idx_status" ("Status","Timestamp","CommunicationGuid"),
  CONSTRAINT "data_incident_communication_ibfk_1" FOREIGN KEY ("IncidentGuid") REFERENCES "data_incident" ("IncidentGuid") ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_incident_note" (
  "NoteGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "NoteType" enum('ROOT_CAUSE','RESOLUTION','INVESTIGATION','MITIGATION','GENERAL') NOT NULL,
  "Content" mediumtext NOT NULL,
  "CreatedBy" varchar(255) DEFAULT NULL,
  "CreatedAt" datetime(3) NOT NULL DEFAULT current_timestamp(3),
  "OriginIncidentGuid" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("NoteGuid"),
  KEY "idx_incident_guid" ("IncidentGuid","CreatedAt","NoteGuid"),
  CONSTRAINT "data_incident_note_ibfk_1" FOREIGN KEY ("IncidentGuid") REFERENCES "data_incident" ("IncidentGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_incident_timeline" (
  "TimelineGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "EventType" varchar(100) NOT NULL,
  "Description" mediumtext NOT NULL,
  "CreatedBy" varchar(255) DEFAULT NULL,
  "Timestamp" datetime(3) NOT NULL,
  "OriginIncidentGuid" varchar(255) NOT NULL,
  "Metadata" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid("Metadata")),
  "Seq" bigint(20) NOT NULL,
  "PreviousHash" varchar(64) NOT NULL,
  "Hash" varchar(64) NOT NULL,
  PRIMARY KEY ("TimelineGuid"),
  UNIQUE KEY "Seq" ("Seq"),
  KEY "idx_incident_guid" ("IncidentGuid","Seq"),
  CONSTRAINT "data_incident_timeline_ibfk_1" FOREIGN KEY ("IncidentGuid") REFERENCES "data_incident" ("IncidentGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_silence" (
  "SilenceGuid" varchar(255) NOT NULL,
  "Matchers" longtext NOT NULL,
  "Comment" mediumtext DEFAULT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  "UpdatedAt" datetime(3) NOT NULL,
  "StartsAt" datetime(3) NOT NULL,
  "EndsAt" datetime(3) DEFAULT NULL,
  "Weekdays" varchar(255) DEFAULT NULL,
  "FromTime" varchar(5) DEFAULT NULL,
  "Minutes" bigint(20) DEFAULT NULL,
  "TimeZone" varchar(100) DEFAULT NULL,
  PRIMARY KEY ("SilenceGuid"),
  KEY "idx_ends" ("EndsAt")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "data_silence_comment" (
  "CommentGuid" varchar(255) NOT NULL,
  "SilenceGuid" varchar(255) NOT NULL,
  "Comment" mediumtext NOT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("CommentGuid"),
  KEY "idx_silence" ("SilenceGuid","CreatedAt","CommentGuid"),
  CONSTRAINT "data_silence_comment_ibfk_1" FOREIGN KEY ("SilenceGuid") REFERENCES "data_silence" ("SilenceGuid") ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "def_notify" (
  "NotifyCode" varchar(100) NOT NULL,
  "NotifyName" varchar(255) NOT NULL,
  "NotifyChannels" mediumtext NOT NULL,
  "MessageTemplate" mediumtext DEFAULT NULL,
  "UpdatedAt" datetime(3) DEFAULT NULL,
  "UpdatedBy" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("NotifyCode")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_alert_group" (
  "GroupKey" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  PRIMARY KEY ("GroupKey"),
  KEY "idx_incident_guid" ("IncidentGuid"),
  CONSTRAINT "tocsin_alert_group_ibfk_1" FOREIGN KEY ("IncidentGuid") REFERENCES "data_incident" ("IncidentGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_alert_occurrence" (
  "OccurrenceGuid" varchar(64) NOT NULL,
  "Purpose" enum('THRESHOLD','FLAP') NOT NULL,
  "AlertGuid" varchar(255) NOT NULL,
  "GroupKey" varchar(255) NOT NULL,
  "OccurredAt" datetime(3) NOT NULL,
  "KeptUntil" datetime(3) NOT NULL,
  PRIMARY KEY ("OccurrenceGuid"),
  KEY "idx_alert" ("AlertGuid","OccurredAt"),
  KEY "idx_group" ("GroupKey","OccurredAt"),
  KEY "idx_kept" ("KeptUntil"),
  CONSTRAINT "tocsin_alert_occurrence_ibfk_1" FOREIGN KEY ("AlertGuid") REFERENCES "data_alert" ("AlertGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_attempt" (
  "CommunicationGuid" varchar(255) NOT NULL,
  "Number" bigint(20) NOT NULL,
  "Channel" varchar(50) NOT NULL,
  "StartedAt" datetime(3) NOT NULL,
  "DurationMs" bigint(20) DEFAULT NULL,
  "Outcome" enum('UNCLEAR','ACCEPTED','RETRY','REFUSED') NOT NULL,
  "Answer" mediumtext DEFAULT NULL,
  PRIMARY KEY ("CommunicationGuid","Number"),
  KEY "idx_channel" ("Channel","StartedAt"),
  CONSTRAINT "tocsin_attempt_ibfk_1" FOREIGN KEY ("CommunicationGuid") REFERENCES "data_incident_communication" ("CommunicationGuid") ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_audit" (
  "Seq" bigint(20) NOT NULL AUTO_INCREMENT,
  "Timestamp" datetime(3) NOT NULL,
  "Action" varchar(100) NOT NULL,
  "Actor" varchar(255) NOT NULL,
  "Subject" varchar(255) DEFAULT NULL,
  "Address" varchar(64) DEFAULT NULL,
  "Outcome" enum('DONE','REFUSED') NOT NULL,
  "Metadata" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid("Metadata")),
  "PreviousHash" varchar(64) NOT NULL,
  "Hash" varchar(64) NOT NULL,
  PRIMARY KEY ("Seq"),
  KEY "idx_action" ("Action","Seq")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_audit_head" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "Seq" bigint(20) NOT NULL,
  "Hash" varchar(64) NOT NULL,
  PRIMARY KEY ("Id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_delivery" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "CommunicationGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "Kind" enum('NOTIFICATION','UPDATE','REPORT') NOT NULL,
  "Event" varchar(100) DEFAULT NULL,
  "Channel" varchar(50) NOT NULL,
  "Target" varchar(2048) NOT NULL,
  "TargetKey" varchar(64) NOT NULL,
  "Destination" varchar(255) NOT NULL,
  "Follows" mediumtext NOT NULL,
  "Subject" mediumtext NOT NULL,
  "HtmlBody" mediumtext DEFAULT NULL,
  "TextBody" mediumtext DEFAULT NULL,
  "MayBeHeld" bigint(20) NOT NULL DEFAULT 0,
  "IsHeld" bigint(20) NOT NULL DEFAULT 0,
  "BundleGuid" varchar(255) DEFAULT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("Id"),
  UNIQUE KEY "CommunicationGuid" ("CommunicationGuid"),
  KEY "idx_conversation" ("IncidentGuid","Channel","TargetKey","Id"),
  KEY "idx_storm" ("Channel","TargetKey","CreatedAt"),
  CONSTRAINT "tocsin_delivery_ibfk_1" FOREIGN KEY ("CommunicationGuid") REFERENCES "data_incident_communication" ("CommunicationGuid") ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_delivery_report" (
  "Channel" varchar(50) NOT NULL,
  "ExternalId" varchar(255) NOT NULL,
  "Outcome" varchar(20) NOT NULL,
  "Reason" mediumtext DEFAULT NULL,
  "Metadata" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid("Metadata")),
  "ReceivedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("Channel","ExternalId")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_demo" (
  "RowGuid" varchar(255) NOT NULL,
  "Kind" enum('INCIDENT','ALERT') NOT NULL,
  PRIMARY KEY ("RowGuid"),
  KEY "idx_kind" ("Kind")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_destination" (
  "Channel" varchar(50) NOT NULL,
  "Destination" varchar(255) NOT NULL,
  "PausedUntil" datetime(3) DEFAULT NULL,
  "ToldUntil" datetime(3) DEFAULT NULL,
  "Failures" bigint(20) NOT NULL DEFAULT 0,
  "FailingSince" datetime(3) DEFAULT NULL,
  "FreeAt" datetime(3) DEFAULT NULL,
  PRIMARY KEY ("Channel","Destination")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_idempotency" (
  "RequestId" varchar(64) NOT NULL,
  "Sealed" mediumtext NOT NULL,
  "IsFinal" bigint(20) NOT NULL,
  "Owner" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("RequestId"),
  KEY "idx_created" ("CreatedAt")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_identity" (
  "IdentityKey" varchar(64) NOT NULL,
  "Issuer" varchar(2048) NOT NULL,
  "Subject" varchar(255) NOT NULL,
  "UserGuid" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  PRIMARY KEY ("IdentityKey"),
  KEY "idx_user" ("UserGuid"),
  CONSTRAINT "tocsin_identity_ibfk_1" FOREIGN KEY ("UserGuid") REFERENCES "tocsin_user" ("UserGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_migration" (
  "Number" bigint(20) NOT NULL AUTO_INCREMENT,
  "Name" mediumtext NOT NULL,
  "AppliedAt" datetime(3) NOT NULL,
  "WorksBeside" bigint(20) DEFAULT NULL,
  PRIMARY KEY ("Number")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_migration_step" (
  "Number" bigint(20) NOT NULL,
  "Step" bigint(20) NOT NULL,
  "IsDone" bigint(20) NOT NULL,
  PRIMARY KEY ("Number","Step")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_queue" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "CommunicationGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "Channel" varchar(50) NOT NULL,
  "TargetKey" varchar(64) NOT NULL,
  "Destination" varchar(255) NOT NULL,
  "Priority" bigint(20) NOT NULL,
  "IsHeld" bigint(20) NOT NULL DEFAULT 0,
  "BundleGuid" varchar(255) DEFAULT NULL,
  "QueuedAt" datetime(3) NOT NULL,
  "NextAt" datetime(3) NOT NULL,
  "TriedSince" datetime(3) DEFAULT NULL,
  "LeaseUntil" datetime(3) DEFAULT NULL,
  "Owner" varchar(255) DEFAULT NULL,
  "Attempt" bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY ("Id"),
  UNIQUE KEY "CommunicationGuid" ("CommunicationGuid"),
  KEY "idx_due" ("Channel","Destination","Priority","Id"),
  KEY "idx_order" ("IncidentGuid","Channel","TargetKey","Id"),
  KEY "idx_held" ("Channel","TargetKey","IsHeld","Priority","Id"),
  KEY "idx_bundle" ("BundleGuid"),
  KEY "idx_next" ("Channel","NextAt"),
  KEY "idx_owner" ("Owner"),
  CONSTRAINT "tocsin_queue_ibfk_1" FOREIGN KEY ("CommunicationGuid") REFERENCES "data_incident_communication" ("CommunicationGuid") ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_recovery_code" (
  "UserGuid" varchar(255) NOT NULL,
  "CodeHash" varchar(64) NOT NULL,
  PRIMARY KEY ("UserGuid","CodeHash"),
  CONSTRAINT "tocsin_recovery_code_ibfk_1" FOREIGN KEY ("UserGuid") REFERENCES "tocsin_user" ("UserGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_search" (
  "RowGuid" varchar(255) NOT NULL,
  "IncidentGuid" varchar(255) NOT NULL,
  "Body" longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_nopad_ci NOT NULL,
  PRIMARY KEY ("RowGuid"),
  KEY "idx_incident_guid" ("IncidentGuid"),
  FULLTEXT KEY "idx_body" ("Body")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_session" (
  "SessionGuid" varchar(255) NOT NULL,
  "UserGuid" varchar(255) NOT NULL,
  "SecretHash" varchar(64) NOT NULL,
  "Method" varchar(50) NOT NULL,
  "Address" varchar(64) DEFAULT NULL,
  "UserAgent" varchar(255) DEFAULT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  "LastSeenAt" datetime(3) NOT NULL,
  PRIMARY KEY ("SessionGuid"),
  UNIQUE KEY "SecretHash" ("SecretHash"),
  KEY "idx_user" ("UserGuid","CreatedAt"),
  CONSTRAINT "tocsin_session_ibfk_1" FOREIGN KEY ("UserGuid") REFERENCES "tocsin_user" ("UserGuid")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_setting" (
  "SettingName" varchar(100) NOT NULL,
  "Value" mediumtext NOT NULL,
  "UpdatedAt" datetime(3) NOT NULL,
  "UpdatedBy" varchar(255) NOT NULL,
  PRIMARY KEY ("SettingName")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_setup" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "SecretHash" varchar(64) NOT NULL,
  "ExpiresAt" datetime(3) NOT NULL,
  PRIMARY KEY ("Id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_silence_head" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "Version" varchar(255) NOT NULL,
  PRIMARY KEY ("Id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_throttle" (
  "ThrottleKey" varchar(64) NOT NULL,
  "Failures" bigint(20) NOT NULL,
  "Since" datetime(3) NOT NULL,
  "LastAt" datetime(3) NOT NULL,
  "Blocks" bigint(20) NOT NULL DEFAULT 0,
  "BlockedUntil" datetime(3) DEFAULT NULL,
  "SucceededAt" datetime(3) DEFAULT NULL,
  PRIMARY KEY ("ThrottleKey"),
  KEY "idx_last" ("LastAt")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_timeline_head" (
  "Id" bigint(20) NOT NULL AUTO_INCREMENT,
  "Seq" bigint(20) NOT NULL,
  "Hash" varchar(64) NOT NULL,
  PRIMARY KEY ("Id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_token" (
  "TokenGuid" varchar(255) NOT NULL,
  "Name" varchar(255) NOT NULL,
  "ActiveName" varchar(255) DEFAULT NULL,
  "Role" enum('viewer','ingest','responder','admin') NOT NULL,
  "SecretHash" varchar(64) NOT NULL,
  "LastFour" varchar(4) DEFAULT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  "ExpiresAt" datetime(3) DEFAULT NULL,
  "LastUsedAt" datetime(3) DEFAULT NULL,
  "RevokedAt" datetime(3) DEFAULT NULL,
  "RevokedBy" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("TokenGuid"),
  UNIQUE KEY "SecretHash" ("SecretHash"),
  UNIQUE KEY "ActiveName" ("ActiveName")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_user" (
  "UserGuid" varchar(255) NOT NULL,
  "Name" varchar(255) NOT NULL,
  "NameKey" varchar(64) NOT NULL,
  "Email" varchar(255) DEFAULT NULL,
  "Role" enum('viewer','responder','admin') NOT NULL,
  "PasswordHash" varchar(255) DEFAULT NULL,
  "PasswordSetAt" datetime(3) DEFAULT NULL,
  "TotpSecret" varchar(255) DEFAULT NULL,
  "TotpPending" varchar(255) DEFAULT NULL,
  "TotpEnabledAt" datetime(3) DEFAULT NULL,
  "TotpStep" bigint(20) DEFAULT NULL,
  "CreatedBy" varchar(255) NOT NULL,
  "CreatedAt" datetime(3) NOT NULL,
  "LastLoginAt" datetime(3) DEFAULT NULL,
  "DisabledAt" datetime(3) DEFAULT NULL,
  "DisabledBy" varchar(255) DEFAULT NULL,
  PRIMARY KEY ("UserGuid"),
  UNIQUE KEY "NameKey" ("NameKey")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE "tocsin_writer" (
  "Writer" varchar(64) NOT NULL,
  "Number" bigint(20) NOT NULL,
  "At" datetime(3) NOT NULL,
  PRIMARY KEY ("Writer")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TRIGGER data_incident_communication_search_delete AFTER DELETE ON data_incident_communication FOR EACH ROW
DELETE FROM tocsin_search WHERE RowGuid = old.CommunicationGuid;

CREATE TRIGGER data_incident_communication_search_insert AFTER INSERT ON data_incident_communication FOR EACH ROW
INSERT INTO tocsin_search (RowGuid, IncidentGuid, Body) VALUES (new.CommunicationGuid, new.IncidentGuid, concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Message), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')));

CREATE TRIGGER data_incident_communication_search_update AFTER UPDATE ON data_incident_communication FOR EACH ROW
IF NOT (old.Message <=> new.Message AND old.IncidentGuid <=> new.IncidentGuid) THEN
  UPDATE tocsin_search SET IncidentGuid = new.IncidentGuid, Body = concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Message), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')) WHERE RowGuid = old.CommunicationGuid;
END IF;

CREATE TRIGGER data_incident_note_search_delete AFTER DELETE ON data_incident_note FOR EACH ROW
DELETE FROM tocsin_search WHERE RowGuid = old.NoteGuid;

CREATE TRIGGER data_incident_note_search_insert AFTER INSERT ON data_incident_note FOR EACH ROW
INSERT INTO tocsin_search (RowGuid, IncidentGuid, Body) VALUES (new.NoteGuid, new.IncidentGuid, concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Content), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')));

CREATE TRIGGER data_incident_note_search_update AFTER UPDATE ON data_incident_note FOR EACH ROW
IF NOT (old.Content <=> new.Content AND old.IncidentGuid <=> new.IncidentGuid) THEN
  UPDATE tocsin_search SET IncidentGuid = new.IncidentGuid, Body = concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Content), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')) WHERE RowGuid = old.NoteGuid;
END IF;

CREATE TRIGGER data_incident_search_delete AFTER DELETE ON data_incident FOR EACH ROW
DELETE FROM tocsin_search WHERE RowGuid = old.IncidentGuid;

CREATE TRIGGER data_incident_search_insert AFTER INSERT ON data_incident FOR EACH ROW
INSERT INTO tocsin_search (RowGuid, IncidentGuid, Body) VALUES (new.IncidentGuid, new.IncidentGuid, concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Title, new.Description), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')));

CREATE TRIGGER data_incident_search_update AFTER UPDATE ON data_incident FOR EACH ROW
IF NOT (old.Title <=> new.Title AND old.Description <=> new.Description AND old.IncidentGuid <=> new.IncidentGuid) THEN
  UPDATE tocsin_search SET IncidentGuid = new.IncidentGuid, Body = concat('tq', regexp_replace(regexp_replace(regexp_replace(concat_ws(' ', new.Title, new.Description), '(*UCP)\pM+', ''), '(*UCP)([\pL\pN]{80})[\pL\pN]+', '\1'), '(*UCP)[^\pL\pN]+', ' tq')) WHERE RowGuid = old.IncidentGuid;
END IF;
