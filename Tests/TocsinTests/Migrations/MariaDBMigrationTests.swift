import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing
import Tocsin

/// On MariaDB each change of a table commits by itself, so a migration can be interrupted between two of them.
@Suite struct MariaDBMigrationTests {
  private struct Crash: Error {}

  /// Crashes once after each change of a table, before anybody could note that it was made.
  private struct CrashingDatabase: Database {
    let base: any Database
    var dialect: Dialect { base.dialect }
    var now: @Sendable () -> Date { base.now }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
      try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
      try await base.write { try body(CrashingTransaction(base: $0)) }
    }
  }

  private struct CrashingTransaction: Transaction {
    let base: any Transaction
    var dialect: Dialect { base.dialect }
    var now: Date { base.now }

    func random() -> UInt64 { base.random() }
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] { try base.rows(sql, values) }
    func whenCommitted(_ action: @escaping @Sendable () -> Void) { base.whenCommitted(action) }
    var closings: Closings? { base.closings }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
      let matched = try base.execute(sql, values)
      // The second time it says IF NOT EXISTS, or the like.
      if dialect.changesSchema(sql), !sql.contains(" EXISTS ") { throw Crash() }
      return matched
    }
  }

  private func fresh() async throws -> any Database {
    try DatabasePlace(await MariaDBServer.shared().makeDatabase()).open()
  }

  private func schema(_ database: any Database) async throws -> [String] {
    try await database.read { transaction in
      try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
        .map { try transaction.row("SHOW CREATE TABLE \($0)")?.text("Create Table") ?? "" }
        + transaction.rows("SHOW TRIGGERS").map { try $0.text("Trigger") + $0.text("Statement") }
    }
  }

  @Test func `a migration that crashed after any of its steps goes on, and ends with the same schema`() async throws {
    let database = try await fresh()
    let crashing = CrashingDatabase(base: database)
    var crashes = 0
    while true {
      do {
        _ = try await Migrations.migrator.migrate(crashing)
        break
      } catch is Crash {
        crashes += 1
      }
    }
    #expect(crashes > 50)
    let whole = try await fresh()
    _ = try await Migrations.migrator.migrate(whole)
    #expect(try await schema(database) == schema(whole))
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM tocsin_timeline_head") } == 1)
    #expect(try await Migrations.migrator.migrate(database) == [])
  }

  @Test func `several servers that migrate at once apply each step once`() async throws {
    let address = try await MariaDBServer.shared().makeDatabase()
    let databases = try (0..<3).map { _ in try DatabasePlace(address).open() }
    let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
      for database in databases { group.addTask { try await Migrations.migrator.migrate(database) } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.sorted() == Array(1...Migrations.migrator.newest))
    #expect(try await databases[0].read { try $0.integer("SELECT count(*) FROM tocsin_timeline_head") } == 1)
  }

  @Test func `another program's database is refused and left alone`() async throws {
    let address = try await MariaDBServer.shared().makeDatabase()
    let name = try MariaDBAddress(address).database
    _ = try await MariaDBServer.shared().sql("CREATE TABLE bookmarks (Url TEXT)", in: name)
    let error = await #expect(throws: StorageError.self) { _ = try await Incidents.open(address) }
    #expect(error?.code == .notADatabase)
    #expect(try await MariaDBServer.shared().sql("SHOW TABLES", in: name) == "bookmarks\n")
  }

  /// Failure: an index of the seeds' table, or a type, is lost on the way.
  @Test func `the seeds' table of communications keeps its types, its indexes and their names`() async throws {
    let address = try await MariaDBServer.shared().makeDatabase()
    _ = try await Incidents.open(address)
    let name = try MariaDBAddress(address).database
    let columns = try await MariaDBServer.shared().sql(
      """
      SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = '\(name)'
      AND table_name = 'data_incident_communication' ORDER BY ordinal_position
      """, in: name)
    #expect(
      columns.split(separator: "\n").map { $0.replacing("\t", with: " ") } == [
        "CommunicationGuid varchar(255)", "IncidentGuid varchar(255)", "ShortRef varchar(20)", "Channel varchar(50)",
        "Direction enum('OUTBOUND','INBOUND')", "Status varchar(50)", "Message mediumtext", "Recipient mediumtext",
        "ExternalId varchar(255)", "ErrorMessage mediumtext", "Timestamp datetime(3)", "Metadata longtext",
        "OriginIncidentGuid varchar(255)",
      ])
    let indexes = try await MariaDBServer.shared().sql(
      """
      SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = '\(name)'
      AND table_name = 'data_incident_communication' ORDER BY 1
      """, in: name)
    for index in ["idx_channel", "idx_incident_guid", "idx_short_ref", "idx_timestamp"] {
      #expect(indexes.contains(index + "\n"))
    }
  }
}
