import Synchronization

/// A value that somebody waits for; the first one given counts.
final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value?, Never>)
    case given(Value?)
  }

  private let state = Mutex(State.open)

  /// Returns whether it counts: nobody waits any more after the first one, or after the time to wait.
  @discardableResult
  func give(_ value: Value?) -> Bool {
    let (counts, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Value?, Never>?) in
      switch state {
      case .open:
        state = .given(value)
        return (true, nil)
      case .awaited(let continuation):
        state = .given(value)
        return (true, continuation)
      case .given: return (false, nil)
      }
    }
    waiting?.resume(returning: value)
    return counts
  }

  /// The value, or nil when none was given for `seconds`.
  func value(within seconds: Double) async -> Value? {
    let timer = Task {
      try? await Task.sleep(for: .seconds(seconds))
      give(nil)
    }
    defer { timer.cancel() }
    return await value()
  }

  /// The value, however long it takes.
  func value() async -> Value? {
    await withCheckedContinuation { continuation in
      let given: Value?? = state.withLock { state in
        if case .given(let value) = state { return .some(value) }
        state = .awaited(continuation)
        return .none
      }
      if case .some(let value) = given { continuation.resume(returning: value) }
    }
  }
}
