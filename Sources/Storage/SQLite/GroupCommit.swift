import Foundation
import GRDB

/// Commits writes that arrived together in one transaction.
///
/// One sync to disk costs as much as hundreds of rows, so writes that wait share one: see ``WriteLine``. Each runs under its
/// own savepoint: one that throws is undone alone.
struct GroupCommit: Sendable {
  /// Seconds to wait for other processes.
  private static let patience = 30.0

  let pool: DatabasePool
  let lock: WriteLock
  let file: DatabaseFile
  let ambience: Ambience
  let schemaGuard: SchemaGuard?

  /// Returns each write's own outcome, when all are on disk.
  func commit(_ group: [WriteLine.Job]) -> [WriteLine.Outcome] {
    let start = ContinuousClock.now
    do {
      let outcomes = try lock.whileHeld(patience: Self.patience) {
        try file.refuseIfReplaced()
        return try pool.writeWithoutTransaction {
          try translatingErrors { [connection = $0] in try commit(group, connection) }
        }
      }
      CommitMetrics.record(writes: group.count, duration: ContinuousClock.now - start)
      return outcomes
    } catch {
      return group.map { _ in .failure(error) }
    }
  }

  /// Runs the group in one transaction and returns each job's own outcome.
  ///
  /// - Throws: when the transaction as a whole is lost; then no job's change was kept.
  private func commit(_ group: [WriteLine.Job], _ connection: GRDB.Database) throws -> [WriteLine.Outcome] {
    try connection.execute(sql: "BEGIN IMMEDIATE")
    do {
      try schemaGuard?.check(transaction(connection, AfterCommit(), Closings()))
      let closings = Closings()
      let outcomes = try group.map { try run($0, closings, connection) }
      try close(closings, connection)
      try connection.execute(sql: "COMMIT")
      return outcomes
    } catch let fault as ClosingFault {
      try connection.execute(sql: "ROLLBACK")
      guard group.count > 1 else { return [.failure(fault.error)] }
      return group.map { job in
        do { return try translatingErrors { try commit([job], connection)[0] } } catch { return .failure(error) }
      }
    } catch {
      if connection.isInsideTransaction { try? connection.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  private func close(_ closings: Closings, _ connection: GRDB.Database) throws {
    do {
      try closings.close(transaction(connection, AfterCommit(), closings))
    } catch let fault as ClosingFault {
      throw connection.isInsideTransaction ? fault : fault.error
    }
  }

  private func run(
    _ job: WriteLine.Job, _ closings: Closings, _ connection: GRDB.Database
  ) throws -> WriteLine.Outcome {
    let afterCommit = AfterCommit()
    let transaction = transaction(connection, afterCommit, closings)
    let before = closings.left
    try connection.cachedStatement(sql: "SAVEPOINT job").execute()
    let outcome: WriteLine.Outcome
    do {
      outcome = .success(try job.run(transaction, afterCommit))
    } catch {
      // A full disk or a failing one ends the whole transaction, and with it the jobs before this one.
      guard connection.isInsideTransaction else { throw error }
      outcome = .failure(error)
      closings.left = before
      try connection.cachedStatement(sql: "ROLLBACK TO job").execute()
    }
    try connection.cachedStatement(sql: "RELEASE job").execute()
    return outcome
  }

  private func transaction(
    _ connection: GRDB.Database, _ afterCommit: AfterCommit, _ closings: Closings
  ) -> SQLiteTransaction {
    SQLiteTransaction(
      connection: connection, now: ambience.now(), chance: ambience.random, afterCommit: afterCommit,
      closings: closings)
  }
}
