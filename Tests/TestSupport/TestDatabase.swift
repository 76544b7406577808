import Foundation
import Storage
import Tocsin

/// An engine to test on. `@Test(arguments: TestDatabase.all)` runs a test on each.
public enum TestDatabase: String, Sendable, CaseIterable, CustomStringConvertible {
  case sqlite

  /// Every engine that can be tested here.
  public static let all = TestDatabase.allCases

  public var description: String { rawValue }

  /// Runs `body` on a fresh, empty and migrated database, which is removed afterwards.
  public func run(
    channels: [any Channel] = [], settings: Incidents.Settings = .quick, seed: UInt64 = 1,
    _ body: (TestBench) async throws -> Void
  ) async throws {
    let folder = Scratch()
    let (clock, random) = (StillClock(), SeededRandom(seed: seed))
    let path = folder.file("test.db")
    let incidents = try await Incidents.open(
      path, channels: channels, settings: settings,
      ambience: Ambience(now: { clock.now }, random: { random.next() }))
    try await body(TestBench(path: path, clock: clock, random: random, incidents: incidents))
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
  /// The database's file.
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
    _ = try await incidents.database.write { try $0.execute(sql, values) }
  }

  /// The single integer that a query answers.
  public func integer(_ sql: String, _ values: [SQLValue] = []) async throws -> Int {
    try await incidents.database.read { try $0.integer(sql, values) }
  }
}
