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

  /// The number of the newest migration applied to the database; 0 for an empty one.
  ///
  /// - Throws: ``StorageError`` with code `notADatabase` when it holds another program's tables.
  public func version(_ transaction: any Transaction) throws -> Int {
    let tables = try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
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

  /// Applies what is missing, all of it in one transaction, and returns the numbers applied.
  ///
  /// - Throws: ``StorageError`` with code `newer` when the database was written by a newer program.
  public func migrate(_ database: any Database) async throws -> [Int] {
    let version = try await database.read { try self.version($0) }
    try refuseNewer(version)
    if version == newest { return [] }
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
      try transaction.execute(
        "CREATE TABLE tocsin_migration (Number INTEGER PRIMARY KEY, Name TEXT NOT NULL, AppliedAt DATETIME NOT NULL)")
    }
    for statement in try migration.statements(transaction.dialect) { try transaction.execute(statement) }
    try transaction.execute(
      "INSERT INTO tocsin_migration (Number, Name, AppliedAt) VALUES (?, ?, ?)",
      [.integer(migration.number), .text(migration.name), .time(transaction.now)])
    return migration.number
  }
}
