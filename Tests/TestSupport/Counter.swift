import Synchronization

/// A number that several tasks may count up.
public final class Counter: Sendable {
  private let value = Atomic(0)

  public init() {}

  public var count: Int { value.load(ordering: .relaxed) }

  /// Adds one.
  public func increment() { value.add(1, ordering: .relaxed) }
}
