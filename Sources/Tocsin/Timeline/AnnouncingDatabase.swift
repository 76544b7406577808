import Foundation
import Storage

/// A database that rings a bell after each of its own commits: the one place that every change of this process passes.
struct AnnouncingDatabase: Database {
  let base: any Database
  let bell: Bell

  var dialect: Dialect { base.dialect }
  var now: @Sendable () -> Date { base.now }

  func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await base.read(body)
  }

  func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    let value = try await base.write(body)
    bell.ring()
    return value
  }
}
