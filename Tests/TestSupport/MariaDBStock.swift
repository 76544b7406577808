import Foundation
import Storage
import StorageMariaDB
import Synchronization
import Tocsin

/// Databases on MariaDB that are as migration leaves them. To make one takes a second; to empty one takes milliseconds, so
/// they are used again.
final class MariaDBStock: Sendable {
  static let shared = MariaDBStock()

  private struct State {
    var clean: [String] = []
    var spoiled: Set<String> = []
  }

  private let state = Mutex(State())

  func withDatabase(_ body: (String) async throws -> Void) async throws {
    let address = try await take()
    do {
      try await body(address)
    } catch {
      try await giveBack(address)
      throw error
    }
    try await giveBack(address)
  }

  /// It is not used again: its tables were changed.
  func spoil(_ address: String) { _ = state.withLock { $0.spoiled.insert(address) } }

  private func take() async throws -> String {
    if let address = state.withLock({ $0.clean.popLast() }) { return address }
    let server = try await MariaDBServer.shared()
    _ = try await tables.value
    let address = try server.makeDatabase()
    _ = try await Migrations.migrator.migrate(DatabasePlace(address).open())
    return address
  }

  private func giveBack(_ address: String) async throws {
    let server = try await MariaDBServer.shared()
    let name = try MariaDBAddress(address).database
    if state.withLock({ $0.spoiled.contains(address) }) {
      _ = try server.sql("DROP DATABASE \(name)", in: "mysql")
      return
    }
    try await empty(name, server.root)
    state.withLock { $0.clean.append(address) }
  }

  private func empty(_ name: String, _ root: any Database) async throws {
    let tables = try await tables.value
    _ = try await root.write { transaction in
      try transaction.execute("SET foreign_key_checks = 0")
      for table in tables {
        try transaction.execute("DELETE FROM \(name).\(table)")
        try transaction.execute("INSERT INTO \(name).\(table) SELECT * FROM tocsin_template.\(table)")
      }
    }
  }

  /// What is emptied. A process that writes has its row in tocsin_writer; the search's rows come and go by triggers.
  private let tables: Task<[String], any Error>

  private init() {
    tables = Task {
      let server = try await MariaDBServer.shared()
      // Never touched: what the emptied ones are filled from.
      let address = try server.makeDatabase("tocsin_template")
      _ = try await Migrations.migrator.migrate(DatabasePlace(address).open())
      let all = try server.sql("SHOW TABLES", in: "tocsin_template").split(separator: "\n").map(String.init)
      return all.filter {
        !["tocsin_writer", "tocsin_migration", "tocsin_migration_step", "tocsin_search"].contains($0)
      }
    }
  }
}
