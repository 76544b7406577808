import Foundation

/// One numbered step of the schema. Speaks SQL text only, never types of ours, and is never edited once shipped.
public struct Migration: Sendable {
  public let number: Int
  public let name: String
  /// The statements to run, for an engine.
  public let statements: @Sendable (Dialect) throws -> [String]

  public init(_ number: Int, _ name: String, _ statements: @escaping @Sendable (Dialect) throws -> [String]) {
    self.number = number
    self.name = name
    self.statements = statements
  }
}

/// Brings a database to the newest schema, once, in order, and keeps a record of what was applied.
public struct Migrator: Sendable {
  public let migrations: [Migration]

  public init(_ migrations: [Migration]) {
    precondition(migrations.map(\.number) == Array(1...migrations.count), "migrations are numbered 1, 2, 3 …")
    self.migrations = migrations
  }

  /// The number of the newest migration this program knows.
  public var newest: Int { migrations.count }

  /// A table that stands in a database while a copy into it is not finished.
  public static let copyMark = "tocsin_copy"

  /// The number of the newest migration applied to the database; 0 for an empty one.
  ///
  /// - Parameter mayBeUnfinished: whether a copy into it may be under way.
  /// - Throws: ``StorageError`` with code `notADatabase` when it holds another program's tables, `unfinished` when a copy into
  ///   it was not finished.
  public func version(_ transaction: any Transaction, mayBeUnfinished: Bool = false) throws -> Int {
    let tables = try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
    guard mayBeUnfinished || !tables.contains(Self.copyMark) else {
      throw StorageError(
        .unfinished,
        "the database is an unfinished copy: run the same `tocsin copy` again, which goes on where it stopped")
    }
    if tables.contains("tocsin_migration") {
      return try transaction.integer("SELECT max(Number) FROM tocsin_migration")
    }
    guard tables.isEmpty else {
      throw StorageError(
        .notADatabase,
        "the database belongs to another program: it has the table \(tables[0]), and none of Tocsin's. "
          + "Name another file")
    }
    return 0
  }

  /// Applies what is missing and returns the numbers applied. All of it in one transaction, or, where changes of tables
  /// commit at once, step by step, so that what was interrupted goes on where it was.
  ///
  /// - Throws: ``StorageError`` with code `newer` when the database was written by a newer program.
  public func migrate(_ database: any Database) async throws -> [Int] {
    let version = try await database.read { try self.version($0) }
    try refuseNewer(version)
    if version == newest { return [] }
    if database.dialect.commitsSchemaChanges { return try await migrateInSteps(database) }
    return try await database.write { transaction in
      let version = try self.version(transaction)
      try self.refuseNewer(version)
      return try self.migrations.dropFirst(version).map { try self.apply($0, transaction) }
    }
  }

  private func refuseNewer(_ version: Int) throws {
    guard version > newest else { return }
    throw StorageError(
      .newer,
      "the database has schema \(version), written by a newer Tocsin; this program knows schema \(newest). "
        + "Use the newer program")
  }

  private func apply(_ migration: Migration, _ transaction: any Transaction) throws -> Int {
    if migration.number == 1 {
      try transaction.execute("CREATE TABLE \(Self.record)")
    }
    for statement in try migration.statements(transaction.dialect) { try transaction.execute(statement) }
    try transaction.recordAsApplied(migration)
    return migration.number
  }

  fileprivate static let record =
    "tocsin_migration (Number INTEGER PRIMARY KEY, Name TEXT NOT NULL, AppliedAt DATETIME NOT NULL)"
}

extension Migrator {
  private func migrateInSteps(_ database: any Database) async throws -> [Int] {
    let version = try await patiently(database) { transaction in
      // Nothing is put beside another program's tables.
      let version = try self.version(transaction)
      try self.refuseNewer(version)
      try transaction.execute("CREATE TABLE IF NOT EXISTS \(Self.record)")
      try transaction.execute(
        "CREATE TABLE IF NOT EXISTS tocsin_migration_step (Number INTEGER, Step INTEGER, IsDone INTEGER NOT NULL, "
          + "PRIMARY KEY (Number, Step))")
      return version
    }
    var applied: [Int] = []
    for migration in migrations.dropFirst(version) {
      for (step, statement) in try migration.statements(database.dialect).enumerated() {
        try await patiently(database) { try $0.take(migration, step, statement) }
      }
      let isOurs = try await patiently(database) { transaction in
        if try transaction.hasApplied(migration) { return false }
        try transaction.recordAsApplied(migration)
        try transaction.execute("DELETE FROM tocsin_migration_step WHERE Number = ?", [.integer(migration.number)])
        return true
      }
      if isOurs { applied.append(migration.number) }
    }
    return applied
  }

  /// Servers that start together are at the same step together, and in each other's way until one has made it.
  private func patiently<T: Sendable>(
    _ database: any Database, _ body: @escaping @Sendable (any Transaction) throws -> T
  ) async throws -> T {
    for _ in 0..<50 {
      do {
        return try await database.write(body)
      } catch let error as StorageError where error.code == .busy {
        try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
      }
    }
    return try await database.write(body)
  }
}

extension Transaction {
  fileprivate func hasApplied(_ migration: Migration) throws -> Bool {
    try row("SELECT 1 FROM tocsin_migration WHERE Number = ?", [.integer(migration.number)]) != nil
  }

  fileprivate func recordAsApplied(_ migration: Migration) throws {
    try execute(
      "INSERT INTO tocsin_migration (Number, Name, AppliedAt) VALUES (?, ?, ?)",
      [.integer(migration.number), .text(migration.name), .time(now)])
  }

  /// One statement of a migration, unless it was run before. A change of tables is noted before and after, since it cannot
  /// be undone with its note: when only the first note is there, it may have been made.
  fileprivate func take(_ migration: Migration, _ step: Int, _ statement: String) throws {
    let place: [SQLValue] = [.integer(migration.number), .integer(step)]
    let note = try row("SELECT IsDone FROM tocsin_migration_step WHERE Number = ? AND Step = ?", place)
    if try note?.integer("IsDone") == 1 { return }
    // After the note, which goes when another process has applied all of it.
    if try hasApplied(migration) { return }
    if note == nil {
      try execute(
        "INSERT INTO tocsin_migration_step (Number, Step, IsDone) VALUES (?, ?, ?)",
        place + [dialect.changesSchema(statement) ? 0 : 1])
    }
    try execute(note == nil ? statement : dialect.repeatable(statement))
    try execute("UPDATE tocsin_migration_step SET IsDone = 1 WHERE Number = ? AND Step = ?", place)
  }
}
