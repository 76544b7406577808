import Foundation
import Synchronization

/// A few threads for calls that block, so that these never hold up Swift's own few. More calls than threads wait in
/// line. A thread ends when nobody waits, so an idle process has none.
final class BlockingThreads: Sendable {
  private struct State {
    var running = 0
    var waiting: [@Sendable () -> Void] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: calls under way at the same time.
  init(limit: Int) { self.limit = limit }

  /// Calls `work` on a thread of its own and returns what it returns, however long that takes. It is not cancelled with
  /// the task.
  ///
  /// - Returns: nil when no thread was free for `seconds`; `work` is not called then.
  func run<Value: Sendable>(
    waiting seconds: Double, _ work: @escaping @Sendable () -> Value
  ) async -> Value? {
    let (start, end) = (Answer<Void>(), Answer<Value>())
    submit { if start.give(()) { end.give(work()) } }
    return await start.value(within: seconds) == nil ? nil : await end.value()
  }

  private func submit(_ job: @escaping @Sendable () -> Void) {
    let mayStart = state.withLock { state in
      guard state.running < limit else {
        state.waiting.append(job)
        return false
      }
      state.running += 1
      return true
    }
    if mayStart { Thread.detachNewThread { self.work(from: job) } }
  }

  private func work(from first: @escaping @Sendable () -> Void) {
    var job: (@Sendable () -> Void)? = first
    while let current = job {
      current()
      job = state.withLock { state in
        guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
        state.running -= 1
        return nil
      }
    }
  }
}
