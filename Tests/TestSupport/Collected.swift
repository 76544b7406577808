import Synchronization

/// Values put aside by several tasks, in order.
public final class Collected<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])

  public init() {}

  public var all: [Value] { values.withLock { $0 } }

  /// Puts one aside.
  public func add(_ value: Value) { values.withLock { $0.append(value) } }
}
