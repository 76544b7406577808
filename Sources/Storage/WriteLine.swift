import Dispatch
import Synchronization

/// Keeps writes in line while a commit is under way, and hands them over in groups that share the next one.
///
/// The engine commits on a thread of this line's own, since its calls block.
package final class WriteLine: Sendable {
  /// What a run of a write came to: its value for whoever waits, or its error.
  package typealias Outcome = Result<any Sendable, any Error>

  /// One waiting write. `run` may be called again; `finish` is called once, with the outcome of the run that was kept.
  package struct Job: Sendable {
    package let run: @Sendable (any Transaction, AfterCommit) throws -> any Sendable
    package let finish: @Sendable (Outcome) -> Void
  }

  private struct Done<T: Sendable>: Sendable {
    let result: T
    let actions: [@Sendable () -> Void]
  }

  private struct Line {
    var waiting: [Job] = []
    var isDraining = false
  }

  /// So that the first of a long line does not wait for all of it.
  private static let largestGroup = 512
  /// Beyond so many, a newcomer is told to come back: a line that only grows helps nobody.
  private static let longestLine = 20_000

  private let line = Mutex(Line())
  private let queue = DispatchQueue(label: "tocsin.commit", qos: .userInitiated)
  private let commit: @Sendable ([Job]) -> [Outcome]

  /// - Parameter commit: runs a group in one transaction and returns each write's own outcome. Never called twice at a time.
  package init(commit: @escaping @Sendable ([Job]) -> [Outcome]) { self.commit = commit }

  package func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    let done = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Done<T>, any Error>) in
      submit(
        Job(
          run: { transaction, afterCommit in
            let result = try body(transaction)
            return Done(result: result, actions: afterCommit.actions)
          },
          finish: { outcome in continuation.resume(with: outcome.map { $0 as! Done<T> }) }))
    }
    for action in done.actions { action() }
    return done.result
  }

  private func submit(_ job: Job) {
    let wakes: Bool? = line.withLock { line in
      guard line.waiting.count < Self.longestLine else { return nil }
      line.waiting.append(job)
      defer { line.isDraining = true }
      return !line.isDraining
    }
    switch wakes {
    case true?: queue.async { self.drain() }
    case false?: break
    case nil: job.finish(.failure(StorageError(.busy, "the database is busy: too many writes are waiting. Try again")))
    }
  }

  private func drain() {
    while let group = next() {
      for (job, outcome) in zip(group, commit(group)) { job.finish(outcome) }
    }
  }

  private func next() -> [Job]? {
    line.withLock { line in
      let group = Array(line.waiting.prefix(Self.largestGroup))
      line.waiting.removeFirst(group.count)
      line.isDraining = !group.isEmpty
      return group.isEmpty ? nil : group
    }
  }
}
