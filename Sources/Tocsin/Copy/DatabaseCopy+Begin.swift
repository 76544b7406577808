import Foundation
import Storage
import StorageMariaDB

extension DatabaseCopy {
  static func opened(source place: DatabasePlace) async throws -> any Database {
    if case .sqlite(let path) = place, !FileManager.default.fileExists(atPath: path) {
      throw Failure(.unavailable, "there is no database at \(path)")
    }
    let database = try place.open(limits: patient)
    let (version, newest) = (
      try await database.read { try Migrations.migrator.version($0) }, Migrations.migrator.newest
    )
    if version == newest { return database }
    throw Failure(
      .conflict,
      "\(place) has schema \(version), and this program knows \(newest). "
        + (version < newest ? "Run `tocsin migrate` on it first" : "Use the program that wrote it"))
  }

  /// With the newest schema. What holds rows is left as it is.
  static func opened(target place: DatabasePlace, _ tables: [CopyTable]) async throws -> any Database {
    let database = try place.open(limits: patient)
    let version = try await database.read { try Migrations.migrator.version($0, mayBeUnfinished: true) }
    if version == Migrations.migrator.newest { return database }
    // An older schema without rows: a migration that was interrupted.
    try await refuseRows(database, place, tables)
    guard version < Migrations.migrator.newest, try await database.read({ try !$0.hasCopyMark() }) else {
      throw Failure(.conflict, "\(place) was begun by another version of Tocsin. Make it empty, and try again")
    }
    _ = try await Migrations.migrator.migrate(database)
    // A connection that has seen the old schema would give the new columns the old names.
    return try place.open(limits: patient)
  }

  private static func refuseRows(_ database: any Database, _ place: DatabasePlace, _ tables: [CopyTable]) async throws {
    let full = try await database.read { try $0.firstFullTable(tables) }
    guard let full else { return }
    throw Failure(
      .conflict, "\(place) holds data already: the table \(full) has rows. Name a database that is new or empty")
  }

  /// Makes the target this copy's own, or goes on with what an earlier run has begun.
  func claim() async throws {
    let origin = try await source.read { try $0.origin() }
    let claim = try await target.read { try $0.hasCopyMark() ? $0.copyClaim() : nil }
    guard let claim else { return try await claimEmpty(origin) }
    guard claim.origin == origin else {
      throw Failure(
        .conflict, "\(to) is the unfinished copy of another database. Make it empty, and try again, or name another")
    }
    if claim.isBroken { try await startAnew() }
  }

  private func claimEmpty(_ origin: String) async throws {
    try await Self.refuseRows(target, to, tables)
    let mark = """
      CREATE TABLE \(Migrator.copyMark) (Id INTEGER PRIMARY KEY, Origin VARCHAR(255) NOT NULL, IsBroken INTEGER NOT NULL)
      """
    // Changes of tables run alone on MariaDB. One that was made and never claimed is found here again.
    if try await target.read({ try !$0.hasCopyMark() }) { _ = try await target.write { try $0.execute(mark) } }
    guard try await source.read({ try !$0.hasCopyMark() }) else {
      _ = try await target.write { try $0.execute("DROP TABLE \(Migrator.copyMark)") }
      throw Failure(.conflict, "\(from) and \(to) are the same database")
    }
    _ = try await target.write { [tables] transaction in
      for table in tables where table.seeds > 0 { try transaction.execute("DELETE FROM \(table.name)") }
      try transaction.execute(
        "INSERT INTO \(Migrator.copyMark) (Id, Origin, IsBroken) VALUES (1, ?, 0)", [.text(origin)])
    }
  }

  /// What is there is not what it should be.
  func beginAgainNextTime() async throws {
    _ = try await target.write { try $0.execute("UPDATE \(Migrator.copyMark) SET IsBroken = 1 WHERE Id = 1") }
  }

  private func startAnew() async throws {
    for table in tables.reversed() {
      for link in table.links {
        _ = try await target.write {
          try $0.execute("UPDATE \(table.name) SET \(link) = NULL WHERE \(link) IS NOT NULL")
        }
      }
      while try await target.write({ try $0.deleteSome(of: table) }) {}
    }
    _ = try await target.write { try $0.execute("UPDATE \(Migrator.copyMark) SET IsBroken = 0 WHERE Id = 1") }
  }

  /// What is in the source and not Tocsin's.
  func leftOut() async throws -> [String] {
    try await source.read { [tables] transaction in
      let known = Set(tables.map(\.name))
      let others = try transaction.names(transaction.dialect.tableNames).filter {
        !known.contains($0) && !CopyTable.staysBehind($0)
      }
      let columns = try tables.flatMap { table in
        try transaction.names(transaction.dialect.columnNames, [.text(table.name)])
          .filter { name in !table.columns.contains { $0.name == name } }.map { "\(table.name).\($0)" }
      }
      return others.sorted() + columns.sorted()
    }
  }
}

extension Transaction {
  fileprivate func names(_ sql: String, _ values: [SQLValue] = []) throws -> [String] {
    try rows(sql, values).map { try $0.text("name") }
  }

  fileprivate func hasCopyMark() throws -> Bool { try names(dialect.tableNames).contains(Migrator.copyMark) }

  fileprivate func copyClaim() throws -> (origin: String, isBroken: Bool)? {
    try row("SELECT Origin, IsBroken FROM \(Migrator.copyMark) WHERE Id = 1").map {
      (try $0.text("Origin"), try $0.integer("IsBroken") != 0)
    }
  }

  /// Tells one database from another: when its first table was made, and its first event.
  fileprivate func origin() throws -> String {
    let made = try row("SELECT AppliedAt FROM tocsin_migration WHERE Number = 1")?.text("AppliedAt")
    let first = try row("SELECT Hash FROM data_incident_timeline WHERE Seq = 1")?.text("Hash")
    return [made, first].map { $0 ?? "" }.joined(separator: " ")
  }

  /// A table of Tocsin's that has more rows than the migrations put there.
  fileprivate func firstFullTable(_ tables: [CopyTable]) throws -> String? {
    try names(dialect.tableNames).first { name in
      let isOurs = ["data_", "def_", "tocsin_"].contains { name.hasPrefix($0) } && !CopyTable.staysBehind(name)
      let seeds = tables.first { $0.name == name }?.seeds ?? 0
      return try isOurs && integer("SELECT count(*) FROM (SELECT 1 FROM \(name) LIMIT \(seeds + 1)) AS some") > seeds
    }
  }

  /// Deletes the first thousand rows; whether there were any.
  fileprivate func deleteSome(of table: CopyTable) throws -> Bool {
    guard let last = try rows(of: table, after: nil, limit: 1000).last else { return false }
    try delete(from: table, upTo: table.key(of: last))
    return true
  }
}

/// Whole tables are added up, which may take long.
private let patient: MariaDBLimits = {
  var limits = MariaDBLimits()
  (limits.readSeconds, limits.writeSeconds, limits.idleSeconds) = (86_400, 86_400, 3600)
  return limits
}()
