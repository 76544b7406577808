import Synchronization

/// Counts down over several threads.
final class Counted: Sendable {
  private let left: Atomic<Int>

  init(_ count: Int) { left = Atomic(count) }

  /// Whether this call is the last of as many as it was made for.
  var isLast: Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
}
