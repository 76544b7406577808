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

  static func database() throws -> (Scratch, SQLiteDatabase) {
    let folder = Scratch()
    return (folder, try SQLiteDatabase(path: folder.file("test.db")))
  }

  @Test("What is missing is applied once, in order")
  func applies() async throws {
    let (folder, database) = try Self.database()
    #expect(try await Migrator([Self.one]).migrate(database) == [1])
    #expect(try await Migrator([Self.one, Self.two]).migrate(database) == [2])
    #expect(try await Migrator([Self.one, Self.two]).migrate(database) == [])
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM two") } == 1)
    withExtendedLifetime(folder) {}
  }

  @Test("Two that migrate at once apply it once")
  func race() async throws {
    let (folder, database) = try Self.database()
    let other = try SQLiteDatabase(path: database.path)
    let migrator = Migrator([Self.one, Self.two])
    async let first = migrator.migrate(database)
    async let second = migrator.migrate(other)
    #expect(try await (first + second) == [1, 2])
    withExtendedLifetime(folder) {}
  }

  @Test("A step that fails leaves nothing behind")
  func broken() async throws {
    let (folder, database) = try Self.database()
    let error = await refusal { _ = try await Migrator([Self.one, Self.broken]).migrate(database) }
    #expect(error != nil)
    let tables = try await database.read { try $0.integer("SELECT count(*) FROM sqlite_master") }
    #expect(tables == 0)
    #expect(try await Migrator([Self.one]).migrate(database) == [1])
    withExtendedLifetime(folder) {}
  }

  @Test("A database of a newer program is refused, and left alone")
  func newer() async throws {
    let (folder, database) = try Self.database()
    _ = try await Migrator([Self.one, Self.two]).migrate(database)
    let error = await refusal { _ = try await Migrator([Self.one]).migrate(database) }
    #expect(error?.code == .newer)
    #expect(error?.message.contains("schema 2") == true)
    #expect(try await database.read { try Migrator([Self.one]).version($0) } == 2)
    withExtendedLifetime(folder) {}
  }
}
