import Foundation

/// One numbered step of the schema. Speaks SQL text only, never types of ours, and is never edited once shipped.
public struct Migration: Sendable {
  public let number: Int
  public let name: String
  /// The oldest program that works on the database from this step on, by the number of the newest migration that it knows.
  /// This step's own number says: none that does not know it.
  public let worksBeside: Int
  /// The statements to run, for an engine.
  public let statements: @Sendable (Dialect) throws -> [String]

  public init(
    _ number: Int, _ name: String, worksBeside: Int, _ statements: @escaping @Sendable (Dialect) throws -> [String]
  ) {
    precondition((0...number).contains(worksBeside), "no program is asked to know what comes later")
    self.number = number
    self.name = name
    self.worksBeside = worksBeside
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
  /// - Throws: as ``standing(_:mayBeUnfinished:)``.
  public func version(_ transaction: any Transaction, mayBeUnfinished: Bool = false) throws -> Int {
    try standing(transaction, mayBeUnfinished: mayBeUnfinished).schema
  }

  /// How the database and this program go together.
  ///
  /// - Parameter mayBeUnfinished: whether a copy into it may be under way.
  /// - Throws: ``StorageError`` with code `notADatabase` when it holds another program's tables, `unfinished` when a copy into
  ///   it was not finished.
  public func standing(_ transaction: any Transaction, mayBeUnfinished: Bool = false) throws -> SchemaStanding {
    let tables = try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
    guard mayBeUnfinished || !tables.contains(Self.copyMark) else {
      throw StorageError(
        .unfinished,
        "the database is an unfinished copy: run the same `tocsin copy` again, which goes on where it stopped")
    }
    if tables.contains("tocsin_migration") {
      let records = try transaction.rows("SELECT * FROM tocsin_migration ORDER BY Number")
      return SchemaStanding(
        schema: try records.last?.integer("Number") ?? 0,
        // A table that was made by a program of before has no such column.
        oldestProgram: try records.first.flatMap {
          $0.has("WorksBeside") ? try $0.optionalInteger("WorksBeside") : nil
        },
        known: newest)
    }
    guard tables.isEmpty else {
      throw StorageError(
        .notADatabase,
        "the database belongs to another program: it has the table \(tables[0]), and none of Tocsin's. "
          + "Name another file")
    }
    return SchemaStanding(schema: 0, oldestProgram: nil, known: newest)
  }

  /// Applies what is missing and returns the numbers applied. All of it in one transaction, or, where changes of tables
  /// commit at once, step by step, so that what was interrupted goes on where it was.
  ///
  /// - Throws: ``StorageError`` with code `newer` when a newer program has made the database into something that this
  ///   program cannot work on.
  public func migrate(_ database: any Database) async throws -> [Int] {
    let standing = try await database.read { try self.standing($0) }
    try standing.refuseIfTooNew()
    if standing.schema >= newest, standing.oldestProgram != nil { return [] }
    if database.dialect.commitsSchemaChanges { return try await migrateInSteps(database) }
    return try await database.write { transaction in
      let standing = try self.standing(transaction)
      try standing.refuseIfTooNew()
      try self.makeRecord(standing, transaction)
      return try self.migrations.dropFirst(standing.schema).map { try self.apply($0, transaction) }
    }
  }

  private func makeRecord(_ standing: SchemaStanding, _ transaction: any Transaction) throws {
    if standing.schema == 0 {
      try transaction.execute("CREATE TABLE \(Self.record)")
    } else if standing.oldestProgram == nil {
      try transaction.execute(Self.laterColumn)
      try transaction.admitNoneBefore(oldestProgram(at: standing.schema))
    }
  }

  private func apply(_ migration: Migration, _ transaction: any Transaction) throws -> Int {
    for statement in try migration.statements(transaction.dialect) { try transaction.execute(statement) }
    try transaction.recordAsApplied(migration)
    return migration.number
  }

  private func oldestProgram(at schema: Int) -> Int { migrations.prefix(schema).map(\.worksBeside).max() ?? 0 }

  private static let record =
    "tocsin_migration (Number INTEGER PRIMARY KEY, Name TEXT NOT NULL, AppliedAt DATETIME NOT NULL, WorksBeside INTEGER)"
  private static let laterColumn = "ALTER TABLE tocsin_migration ADD COLUMN WorksBeside INTEGER"
}

extension Migrator {
  private func migrateInSteps(_ database: any Database) async throws -> [Int] {
    let before = try await patiently(database) { transaction in
      // Nothing is put beside another program's tables.
      let standing = try self.standing(transaction)
      try standing.refuseIfTooNew()
      for table in [Self.record, Self.steps] { try transaction.execute("CREATE TABLE IF NOT EXISTS \(table)") }
      if standing.oldestProgram == nil { try transaction.execute(transaction.dialect.repeatable(Self.laterColumn)) }
      return standing
    }
    try await patiently(database) { try $0.admitNoneBefore(self.oldestProgram(at: before.schema)) }
    var applied: [Int] = []
    for migration in migrations.dropFirst(before.schema) {
      // Before the first step: who cannot work beside it must not see it half done.
      try await patiently(database) { try $0.admitNoneBefore(migration.worksBeside) }
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

  private static let steps =
    "tocsin_migration_step (Number INTEGER, Step INTEGER, IsDone INTEGER NOT NULL, PRIMARY KEY (Number, Step))"

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
      "INSERT INTO tocsin_migration (Number, Name, AppliedAt, WorksBeside) VALUES (?, ?, ?, ?)",
      [.integer(migration.number), .text(migration.name), .time(now), .integer(migration.worksBeside)])
    try admitNoneBefore(migration.worksBeside)
  }

  /// The strictest of all requirements stands in the record of the first migration: one row for all to look at, and to hold
  /// while they write, so that this waits for those who write by the former one. Not for long at a time: whoever comes later
  /// to write waits behind. See ``SchemaGuard``.
  fileprivate func admitNoneBefore(_ program: Int) throws {
    try execute(
      dialect.waitingBriefly(
        "UPDATE tocsin_migration SET WorksBeside = ? WHERE Number = 1 AND coalesce(WorksBeside, 0) < ?"),
      [.integer(program), .integer(program)])
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
