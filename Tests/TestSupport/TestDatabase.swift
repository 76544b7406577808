import Foundation
import Storage
import StorageMariaDB
import Tocsin

/// An engine to test on. `@Test(arguments: TestDatabase.all)` runs a test on each.
public enum TestDatabase: String, Sendable, CaseIterable, CustomStringConvertible {
  case sqlite, mariadb

  /// Every engine that can be tested here.
  public static let all = TestDatabase.allCases

  public var description: String { rawValue }

  /// Runs `body` on a fresh, empty and migrated database, which is removed afterwards.
  public func run(
    channels: [any Channel] = [], settings: Incidents.Settings = .quick, seed: UInt64 = 1,
    _ body: (TestBench) async throws -> Void
  ) async throws {
    let folder = Scratch()
    switch self {
    case .sqlite:
      try await SQLiteTemplate.copy(to: folder.file("test.db"))
      try await run(folder.file("test.db"), keyFile: folder.file("test.db.key"), channels, settings, seed, body)
    case .mariadb:
      try await MariaDBStock.shared.withDatabase {
        try await run($0, keyFile: folder.file("test.key"), channels, settings, seed, body)
      }
    }
  }

  /// The same on every engine, one after the other: for tests that have arguments of their own. Failures name the engine.
  public static func runEach(
    channels: [any Channel] = [], settings: Incidents.Settings = .quick, seed: UInt64 = 1,
    _ body: (TestBench) async throws -> Void
  ) async throws {
    for engine in all {
      do {
        try await engine.run(channels: channels, settings: settings, seed: seed, body)
      } catch {
        throw PeerFault("on \(engine): \(error)")
      }
    }
  }

  private func run(
    _ place: String, keyFile: String, _ channels: [any Channel], _ settings: Incidents.Settings, _ seed: UInt64,
    _ body: (TestBench) async throws -> Void
  ) async throws {
    let (clock, random) = (StillClock(), SeededRandom(seed: seed))
    var settings = settings
    settings.keyFile = settings.keyFile ?? keyFile
    let incidents = try await Incidents.open(
      place, channels: channels, settings: settings,
      ambience: Ambience(now: { clock.now }, random: { random.next() }))
    try await body(TestBench(engine: self, path: place, clock: clock, random: random, incidents: incidents))
  }
}

extension Incidents.Settings {
  /// As always, but with passwords that cost next to nothing.
  public static var quick: Incidents.Settings {
    var settings = Incidents.Settings()
    settings.passwordRounds = 1 << 4
    return settings
  }
}

/// What a test works with: a database of its own, its clock and its chance.
public struct TestBench: Sendable {
  public let engine: TestDatabase
  /// The database's file, or its address.
  public let path: String
  public let clock: StillClock
  public let random: SeededRandom
  public let incidents: Incidents

  /// The same database with other channels or settings.
  public func with(channels: [any Channel] = [], settings: Incidents.Settings = Incidents.Settings()) -> Incidents {
    Incidents(database: incidents.database, channels: channels, settings: settings)
  }

  /// Runs one statement behind Tocsin's back.
  public func tamper(_ sql: String, _ values: [SQLValue] = []) async throws {
    if incidents.database.dialect.changesSchema(sql) { spoil() }
    _ = try await incidents.database.write { try $0.execute(sql, values) }
  }

  /// Says that the test changes tables, so that the database is not used for another one.
  public func spoil() { if engine == .mariadb { MariaDBStock.shared.spoil(path) } }

  /// Lets a column of times take any text behind Tocsin's back, as in SQLite files of before that was checked.
  public func loosen(_ table: String, _ column: String) async throws {
    switch engine {
    case .sqlite: _ = try await incidents.database.write { try $0.rows("PRAGMA ignore_check_constraints = 1") }
    case .mariadb: try await tamper("ALTER TABLE \(table) MODIFY COLUMN \(column) VARCHAR(50)")
    }
  }

  /// Everything that is stored, as bytes to look for something in.
  public func storedBytes() async throws -> Data {
    if engine == .mariadb { return try await Data(MariaDBServer.shared().dump(MariaDBAddress(path).database).utf8) }
    return try ["", "-wal"].reduce(into: Data()) { $0 += try Data(contentsOf: URL(fileURLWithPath: path + $1)) }
  }

  /// The single integer that a query answers.
  public func integer(_ sql: String, _ values: [SQLValue] = []) async throws -> Int {
    try await incidents.database.read { try $0.integer(sql, values) }
  }
}
