import Foundation
import GRDB
import Synchronization

/// Gathers writes that arrive together into one durable commit.
///
/// One sync to disk costs as much as hundreds of rows, so while one commit is under way the next writes wait in line and
/// then share a single transaction. Each runs under its own savepoint: one that throws is undone alone. Nobody is
/// answered before the shared commit has reached the disk.
final class GroupCommit: Sendable {
  /// One waiting write. `run` keeps its result to itself; `finish` hands it over, or the error.
  struct Job: Sendable {
    let run: @Sendable (SQLiteTransaction) throws -> Void
    let finish: @Sendable ((any Error)?) -> Void
  }

  /// What a write's body answered, and what it wants done once that is on disk.
  private struct Done<T: Sendable>: Sendable {
    let result: T
    let actions: [@Sendable () -> Void]
  }

  private struct Line {
    var waiting: [Job] = []
    var draining = false
  }

  /// So that the first of a long line does not wait for all of it.
  private static let largestGroup = 512
  /// Beyond so many, a newcomer is told to come back: a line that only grows helps nobody.
  private static let longestLine = 20_000
  /// Seconds to wait for other processes.
  private static let patience = 30.0

  private let pool: DatabasePool
  private let lock: WriteLock
  private let file: DatabaseFile
  private let ambience: Ambience
  private let line = Mutex(Line())
  private let queue = DispatchQueue(label: "tocsin.commit", qos: .userInitiated)

  init(pool: DatabasePool, lock: WriteLock, file: DatabaseFile, ambience: Ambience) {
    self.pool = pool
    self.lock = lock
    self.file = file
    self.ambience = ambience
  }

  func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    let done = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Done<T>, any Error>) in
      let value = Mutex<Done<T>?>(nil)
      submit(
        Job(
          run: { transaction in
            let result = try body(transaction)
            let done = Done(result: result, actions: transaction.afterCommit?.actions ?? [])
            value.withLock { $0 = done }
          },
          finish: { error in
            if let error { return continuation.resume(throwing: error) }
            continuation.resume(returning: value.withLock { $0 }!)
          }))
    }
    for action in done.actions { action() }
    return done.result
  }

  private func submit(_ job: Job) {
    let wakes: Bool? = line.withLock { line in
      guard line.waiting.count < Self.longestLine else { return nil }
      line.waiting.append(job)
      defer { line.draining = true }
      return !line.draining
    }
    switch wakes {
    case true?: queue.async { self.drain() }
    case false?: break
    case nil: job.finish(StorageError(.busy, "the database is busy: too many writes are waiting. Try again"))
    }
  }

  private func drain() {
    while let group = next() {
      var outcomes: [(any Error)?] = []
      let start = ContinuousClock.now
      do {
        outcomes = try lock.whileHeld(patience: Self.patience) {
          try file.refuseIfReplaced()
          return try pool.writeWithoutTransaction {
            try translatingErrors { [connection = $0] in try commit(group, connection) }
          }
        }
        CommitMetrics.record(writes: group.count, duration: ContinuousClock.now - start)
      } catch {
        outcomes = group.map { _ in error }
      }
      for (job, error) in zip(group, outcomes) { job.finish(error) }
    }
  }

  private func next() -> [Job]? {
    line.withLock { line in
      let group = Array(line.waiting.prefix(Self.largestGroup))
      line.waiting.removeFirst(group.count)
      line.draining = !group.isEmpty
      return group.isEmpty ? nil : group
    }
  }

  /// Runs the group in one transaction and returns each job's own error.
  ///
  /// - Throws: when the transaction as a whole is lost; then no job's change was kept.
  private func commit(_ group: [Job], _ connection: GRDB.Database) throws -> [(any Error)?] {
    try connection.execute(sql: "BEGIN IMMEDIATE")
    do {
      let outcomes = try group.map { try run($0, connection) }
      try connection.execute(sql: "COMMIT")
      return outcomes
    } catch {
      if connection.isInsideTransaction { try? connection.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  private func run(_ job: Job, _ connection: GRDB.Database) throws -> (any Error)? {
    let transaction = SQLiteTransaction(
      connection: connection, now: ambience.now(), chance: ambience.random, afterCommit: AfterCommit())
    try connection.cachedStatement(sql: "SAVEPOINT job").execute()
    var outcome: (any Error)?
    do {
      try job.run(transaction)
    } catch {
      // A full disk or a failing one ends the whole transaction, and with it the jobs before this one.
      guard connection.isInsideTransaction else { throw error }
      outcome = error
      try connection.cachedStatement(sql: "ROLLBACK TO job").execute()
    }
    try connection.cachedStatement(sql: "RELEASE job").execute()
    return outcome
  }
}
