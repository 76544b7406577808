import Storage
import TestSupport
import Tocsin

/// What a program of tomorrow makes of the schema.
enum NextSchema {
  static let number = Migrations.migrator.newest + 1

  /// By the rules of docs/decisions/0017: every table gets a column with a default and a name of its own, an index on it,
  /// and there is a new table.
  static var additive: Migrator { migrator(worksBeside: number - 1, expanding) }

  /// A column that today's program writes is gone, so that it can do nothing any more.
  static var breaking: Migrator {
    migrator(worksBeside: number) { _ in ["ALTER TABLE data_incident DROP COLUMN CreatedBy"] }
  }

  private static func migrator(
    worksBeside: Int, _ statements: @escaping @Sendable (Dialect) throws -> [String]
  ) -> Migrator {
    Migrator(Migrations.migrator.migrations + [Migration(number, "next", worksBeside: worksBeside, statements)])
  }

  static let tables = [
    "data_incident", "data_incident_alert", "data_incident_note", "data_incident_timeline",
    "data_incident_communication", "def_notify", "data_alert", "data_alert_note", "data_silence",
    "data_silence_comment", "data_heartbeat", "tocsin_delivery", "tocsin_queue", "tocsin_attempt",
    "tocsin_destination", "tocsin_delivery_report", "tocsin_token", "tocsin_user", "tocsin_session",
    "tocsin_throttle", "tocsin_audit", "tocsin_audit_head", "tocsin_timeline_head", "tocsin_silence_head",
    "tocsin_idempotency", "tocsin_alert_group", "tocsin_alert_occurrence",
  ]

  @Sendable private static func expanding(_ dialect: Dialect) -> [String] {
    tables.flatMap { table in
      let column = "Next_" + table
      return [
        "ALTER TABLE \(table) ADD COLUMN \(column) VARCHAR(20) NOT NULL DEFAULT 'next'",
        "CREATE INDEX \(table)_idx_of_next ON \(table) (\(column))",
      ]
    } + ["CREATE TABLE data_next (NextGuid VARCHAR(255) PRIMARY KEY NOT NULL, At DATETIME)"]
  }
}

extension TestBench {
  /// Migrates the database as a program of tomorrow does, beside those that are open.
  func migrate(_ migrator: Migrator) async throws -> Duration {
    spoil()
    let start = ContinuousClock.now
    _ = try await migrator.migrate(DatabasePlace(path).open())
    return ContinuousClock.now - start
  }
}
