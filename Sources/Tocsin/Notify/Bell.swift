import Synchronization

/// A bell that one task rings and others wait for.
final class Bell: Sendable {
  private struct State {
    var rings = 0
    var nextListener = 0
    var listeners: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// How often it has rung so far. Read it before looking for work, so that no ring between looking and waiting is missed.
  var rings: Int { state.withLock { $0.rings } }

  func ring() {
    let listeners = state.withLock { state in
      state.rings += 1
      defer { state.listeners = [:] }
      return state.listeners.values
    }
    for listener in listeners { listener.resume() }
  }

  /// Returns at the first ring after `rings`, after `seconds`, or when the task is cancelled.
  func heard(after rings: Int, within seconds: Double) async {
    let listener = state.withLock { state in
      state.nextListener += 1
      return state.nextListener
    }
    let timer = Task {
      try? await Task.sleep(for: .seconds(seconds))
      wake(listener)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let missed = state.withLock { state in
          if state.rings != rings || Task.isCancelled { return true }
          state.listeners[listener] = continuation
          return false
        }
        if missed { continuation.resume() }
      }
    } onCancel: {
      wake(listener)
    }
    timer.cancel()
  }

  private func wake(_ listener: Int) {
    state.withLock { $0.listeners.removeValue(forKey: listener) }?.resume()
  }
}
