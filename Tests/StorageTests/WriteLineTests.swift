import Foundation
import Storage
import TestSupport
import Testing

@Suite struct WriteLineTests {
  private struct NoTransaction: Transaction {
    let afterCommit: AfterCommit
    var dialect: Dialect { .sqlite }
    var now: Date { .distantPast }
    var closings: Closings? { nil }

    func random() -> UInt64 { 0 }
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { 0 }
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] { [] }
    func whenCommitted(_ action: @escaping @Sendable () -> Void) { afterCommit.actions.append(action) }
  }

  /// Failure: the answer to a commit is lost, its writes run again, the first run turns out to be kept, and callers get the
  /// values of the second, which are nowhere.
  @Test func `A write has the value of the run that was kept, and does what that run wanted done`() async throws {
    let line = WriteLine { group in
      let runs = (0..<3).map { _ in
        group.map { job in
          let afterCommit = AfterCommit()
          return WriteLine.Outcome { try job.run(NoTransaction(afterCommit: afterCommit), afterCommit) }
        }
      }
      return runs[1]
    }
    let (runs, done) = (Counter(), Collected<Int>())
    let value = try await line.write { transaction in
      runs.increment()
      let run = runs.count
      transaction.whenCommitted { done.add(run) }
      return run
    }
    #expect(value == 2 && runs.count == 3 && done.all == [2])
  }
}
