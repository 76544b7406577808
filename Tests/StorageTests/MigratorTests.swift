import Foundation
import Storage
import TestSupport
import Testing

@Suite("Migrations")
struct MigratorTests {
  static let one = Migration(1, "one", worksBeside: 1) { _ in ["CREATE TABLE one (Id INTEGER)"] }
  static let two = Migration(2, "two", worksBeside: 2) { _ in
    ["CREATE TABLE two (Id INTEGER)", "INSERT INTO two VALUES (2)"]
  }
  static let broken = Migration(2, "broken", worksBeside: 2) { _ in
    ["CREATE TABLE half (Id INTEGER)", "CREATE TABLE half (Id INTEGER)"]
  }

  @Test("What is missing is applied once, in order", arguments: TestDatabase.all)
  func applies(_ engine: TestDatabase) async throws {
    let database = try await BareDatabase(engine).open()
    #expect(try await Migrator([Self.one]).migrate(database) == [1])
    #expect(try await Migrator([Self.one, Self.two]).migrate(database) == [2])
    #expect(try await Migrator([Self.one, Self.two]).migrate(database) == [])
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM two") } == 1)
  }

  @Test("Two that migrate at once apply it once", arguments: TestDatabase.all)
  func race(_ engine: TestDatabase) async throws {
    let bare = try await BareDatabase(engine)
    let (database, other) = (try bare.open(), try bare.open())
    let migrator = Migrator([Self.one, Self.two])
    async let first = migrator.migrate(database)
    async let second = migrator.migrate(other)
    // Each may have applied some of them.
    #expect(try await (first + second).sorted() == [1, 2])
  }

  /// Where changes of tables commit by themselves, what was begun goes on: see MariaDBMigrationTests.
  @Test("A step that fails leaves nothing behind")
  func broken() async throws {
    let database = try await BareDatabase(.sqlite).open()
    let error = await refusal { _ = try await Migrator([Self.one, Self.broken]).migrate(database) }
    #expect(error != nil)
    let tables = try await database.read { try $0.integer("SELECT count(*) FROM sqlite_master") }
    #expect(tables == 0)
    #expect(try await Migrator([Self.one]).migrate(database) == [1])
  }

  @Test("A database of a newer program is refused, and left alone", arguments: TestDatabase.all)
  func newer(_ engine: TestDatabase) async throws {
    let database = try await BareDatabase(engine).open()
    _ = try await Migrator([Self.one, Self.two]).migrate(database)
    let error = await refusal { _ = try await Migrator([Self.one]).migrate(database) }
    #expect(error?.code == .newer)
    #expect(error?.message.contains("schema 2") == true)
    #expect(try await database.read { try Migrator([Self.one]).version($0) } == 2)
  }

  /// Failure: a program that one step has shut out comes back with the next.
  @Test("The strictest of all steps says which programs may work on it", arguments: TestDatabase.all)
  func strictest(_ engine: TestDatabase) async throws {
    let database = try await BareDatabase(engine).open()
    let three = Migration(3, "three", worksBeside: 1) { _ in ["CREATE TABLE three (Id INTEGER)"] }
    _ = try await Migrator([Self.one, Self.two, three]).migrate(database)
    let standing = try await database.read { try Migrator([Self.one]).standing($0) }
    #expect(standing.schema == 3 && standing.oldestProgram == 2)
  }
}
