import Synchronization

/// A bell that one task rings and others wait for.
final class Bell: Sendable {
  private enum Listener {
    /// On its way to bed.
    case announced
    case asleep(CheckedContinuation<Void, Never>)
    /// Its time was over, or its task cancelled.
    case woken
  }

  private struct State {
    var rings = 0
    var nextListener = 0
    var listeners: [Int: Listener] = [:]
  }

  private let state = Mutex(State())

  /// How often it has rung so far. Read it before looking for work, so that no ring between looking and waiting is missed.
  var rings: Int { state.withLock { $0.rings } }

  func ring() {
    state.withLock { $0.rings += 1 }
    for listener in state.withLock({ Array($0.listeners.keys) }) { wake(listener) }
  }

  /// Returns at the first ring after `rings`, after `seconds`, or when the task is cancelled.
  func heard(after rings: Int, within seconds: Double) async {
    let listener = announce()
    let timer = Task {
      guard (try? await Task.sleep(for: .seconds(max(0, seconds)))) != nil else { return }
      wake(listener)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { lieDown(listener, $0, unlessRungAfter: rings) }
    } onCancel: {
      wake(listener)
    }
    timer.cancel()
    state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
  }

  private func announce() -> Int {
    state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = .announced
      return state.nextListener
    }
  }

  private func lieDown(
    _ listener: Int, _ continuation: CheckedContinuation<Void, Never>, unlessRungAfter rings: Int
  ) {
    let sleeps = state.withLock { state in
      guard state.rings == rings, case .announced = state.listeners[listener] else { return false }
      state.listeners[listener] = .asleep(continuation)
      return true
    }
    if !sleeps { continuation.resume() }
  }

  private func wake(_ listener: Int) {
    let before = state.withLock { state in
      guard let before = state.listeners[listener] else { return Listener?.none }
      state.listeners[listener] = .woken
      return before
    }
    if case .asleep(let continuation) = before { continuation.resume() }
  }
}
