import Foundation
import Synchronization

/// Where passwords are hashed: two at a time, each taking 128 MiB and a good part of a second, on threads of their own. The
/// line is short, so that a flood of logins costs a known amount and everything else goes on.
final class PasswordWork: Sendable {
  /// Under way at the same time.
  static let width = 2
  /// Waiting beside those.
  static let longestLine = 16

  /// How much work was taken.
  var taken: Int { total.withLock { $0 } }

  private let count = Mutex(0)
  private let total = Mutex(0)
  private let queue = OperationQueue()

  init() { queue.maxConcurrentOperationCount = Self.width }

  /// - Throws: what `work` throws; ``Failure`` with code `tooMany` when the line is full: `work` is not called then.
  func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let isFree = count.withLock { count in
      guard count < Self.width + Self.longestLine else { return false }
      count += 1
      return true
    }
    guard isFree else {
      throw Failure(.tooMany, "too many people sign in at this moment; try again in a few seconds", retryAfter: 5)
    }
    total.withLock { $0 += 1 }
    return try await withCheckedThrowingContinuation { continuation in
      queue.addOperation {
        let result = Result { try work() }
        self.count.withLock { $0 -= 1 }
        continuation.resume(with: result)
      }
    }
  }
}
