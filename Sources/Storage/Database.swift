import Foundation

/// A place to keep rows, with two real implementations: a local SQLite file, and MariaDB.
///
/// A body runs in one transaction: all of it is kept, or none of it. Bodies are synchronous, so that nobody can await the
/// network while a transaction is open, and must touch nothing but the transaction: an engine may run a body twice.
public protocol Database: Sendable {
  /// The engine's way of saying the few things that differ between engines.
  var dialect: Dialect { get }

  /// The clock that every transaction reads once. UTC, cut to milliseconds.
  var now: @Sendable () -> Date { get }

  /// Runs `body` on a consistent snapshot. Writing in it is an error.
  func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

  /// Runs `body` and returns its value only when its changes are on disk.
  ///
  /// - Throws: what `body` throws, with its changes undone; ``StorageError`` when the database refuses.
  func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T
}

/// One open transaction. Never leaves the body it was handed to.
public protocol Transaction {
  var dialect: Dialect { get }

  /// The time of this transaction: constant within it, so that all rows of one change share it. UTC, milliseconds.
  var now: Date { get }

  /// 64 random bits; tests hand in a seeded source.
  func random() -> UInt64

  /// Runs one statement with `?` binds and returns the number of rows it matched.
  @discardableResult
  func execute(_ sql: String, _ values: [SQLValue]) throws -> Int

  /// Runs one query with `?` binds and returns all its rows.
  func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row]

  /// Runs `action` once, after the commit and before the caller of ``Database/write(_:)`` goes on. Never, when the change is
  /// undone, and never for a read.
  func whenCommitted(_ action: @escaping @Sendable () -> Void)

  /// What is left to the end of the commit; nil for a read. See ``leave(_:to:)``.
  var closings: Closings? { get }
}

extension Transaction {
  /// Runs one statement without binds.
  @discardableResult
  public func execute(_ sql: String) throws -> Int { try execute(sql, []) }

  /// Runs one query without binds.
  public func rows(_ sql: String) throws -> [Row] { try rows(sql, []) }

  /// The first row of a query, or nil.
  public func row(_ sql: String, _ values: [SQLValue] = []) throws -> Row? { try rows(sql, values).first }

  /// The single integer a query such as `SELECT count(*)` answers.
  public func integer(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
    try rows(sql, values).first?.integer(at: 0) ?? 0
  }
}

/// Where time and chance come from. Tests replace both; everything else uses the live values.
public struct Ambience: Sendable {
  public var now: @Sendable () -> Date
  public var random: @Sendable () -> UInt64

  public init(
    now: @escaping @Sendable () -> Date = { Date() },
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    self.now = { UTC.milliseconds(now()) }
    self.random = random
  }
}
