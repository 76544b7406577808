import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// From which engine to which.
struct CopyWay: Sendable, CustomStringConvertible {
  let from: TestDatabase
  let to: TestDatabase

  static let all = TestDatabase.all.flatMap { from in TestDatabase.all.map { CopyWay(from: from, to: $0) } }
  var description: String { "\(from) to \(to)" }
}

/// A filled source, and a place for its copy where nothing is yet.
struct CopyBench {
  let source: TestBench
  let target: String
  private let scratch: Scratch

  static func run(_ way: CopyWay, incidents: Int = 12, _ body: (CopyBench) async throws -> Void) async throws {
    try await way.from.run(
      channels: TestBench.channelsToFill, settings: TestBench.settingsToFill, seed: .random(in: 1...9999)
    ) { source in
      try await source.fill(incidents: incidents)
      let scratch = Scratch()
      let target = try await emptyPlace(way.to, scratch)
      try await body(CopyBench(source: source, target: target, scratch: scratch))
      if way.to == .mariadb { try await drop(target) }
    }
  }

  static func emptyPlace(_ engine: TestDatabase, _ scratch: Scratch) async throws -> String {
    switch engine {
    case .sqlite: scratch.file("copy.db")
    case .mariadb: try await MariaDBServer.shared().makeDatabase()
    }
  }

  static func drop(_ address: String) async throws {
    guard case .mariaDB(let address) = try DatabasePlace(address) else { return }
    _ = try await MariaDBServer.shared().sql("DROP DATABASE \(address.database)", in: "mysql")
  }

  func begin(to place: String? = nil) async throws -> DatabaseCopy {
    try await DatabaseCopy(from: DatabasePlace(source.path), to: DatabasePlace(place ?? target))
  }

  @discardableResult
  func copy(to place: String? = nil) async throws -> CopySummary { try await begin(to: place).run() }

  /// What it is refused with.
  func refusal(to place: String? = nil) async -> Failure? { await LimitTests.refusal { try await copy(to: place) } }

  /// Runs one statement on a database behind Tocsin's back, with the engine's own client, and without its checks.
  static func sql(_ statement: String, on place: String) async throws {
    switch try DatabasePlace(place) {
    case .sqlite(let path):
      _ = try DebianPeer.output("sqlite3", [path, "PRAGMA ignore_check_constraints = 1; " + statement])
    case .mariaDB(let address): _ = try await MariaDBServer.shared().sql(statement, in: address.database)
    }
  }

  /// All rows of a table, as text.
  static func rows(_ table: String, on place: String) async throws -> [String] {
    let tables = try await CopyTable.all()
    let table = try #require(tables.first { $0.name == table })
    return try await DatabasePlace(place).open().read { transaction in
      try transaction.rows(of: table, after: nil, limit: 100_000).map { $0.map { "\($0)" }.joined(separator: " | ") }
    }
  }
}
