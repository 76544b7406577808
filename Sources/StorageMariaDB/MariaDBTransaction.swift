import Foundation
import Storage

/// A ``Transaction`` on one connection.
struct MariaDBTransaction: Transaction {
  /// What happened to the transaction that its body may not have let through.
  final class State {
    /// The server has given the transaction up, or the connection broke.
    var lost: MariaDBFault?
    /// It changes tables, which commits at once, so it has to run alone.
    var changesSchema = false
  }

  let connection: MariaDBConnection
  let now: Date
  let chance: @Sendable () -> UInt64
  let state: State
  let mayChangeSchema: Bool
  /// What waits for the commit; nil for a read.
  var afterCommit: AfterCommit?
  var closings: Closings?

  var dialect: Dialect { .mariadb }

  func random() -> UInt64 { chance() }

  func whenCommitted(_ action: @escaping @Sendable () -> Void) { afterCommit?.actions.append(action) }

  @discardableResult
  func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
    guard dialect.changesSchema(sql) else { return try answer(sql, values).matched }
    guard afterCommit != nil else { throw StorageError(.readOnly, "a read cannot change tables") }
    guard mayChangeSchema else {
      state.changesSchema = true
      throw StorageError(.other, "a change of tables runs alone")
    }
    for statement in try dialect.statements(sql) { try noting { try connection.run(statement) } }
    return 0
  }

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] { try answer(sql, values).rows }

  private func answer(_ sql: String, _ values: [SQLValue]) throws -> MariaDBConnection.Answer {
    try noting { try connection.execute(sql, values) }
  }

  /// After the transaction is lost nothing more is asked of it: the server would take it for a new one.
  private func noting<T>(_ body: () throws -> T) throws -> T {
    if let lost = state.lost { throw StorageError(lost) }
    var pauses = Pauses(5)
    while true {
      do {
        return try body()
      } catch let fault as MariaDBFault {
        // Outside a transaction the statement alone was undone, so it alone is run again.
        if mayChangeSchema, fault.isConflict, pauses.goOn() {
          pauses.pause()
          continue
        }
        if fault.isWorthAnotherTry { state.lost = fault }
        throw StorageError(fault)
      }
    }
  }
}
