import Synchronization

/// The requests with a key that this process is doing right now: a second one with the same key waits for the first.
final class RequestsUnderWay: Sendable {
  private let bells = Mutex<[String: Bell]>([:])

  /// Whether the caller may do the request now, and then must ``end(_:)`` it.
  func begin(_ id: String) -> Bool {
    bells.withLock { bells in
      guard bells[id] == nil else { return false }
      bells[id] = Bell()
      return true
    }
  }

  func end(_ id: String) { bells.withLock { $0.removeValue(forKey: id) }?.ring() }

  /// Returns when the one under way has ended, after `seconds`, or when the task is cancelled.
  func ended(_ id: String, within seconds: Double) async {
    await bells.withLock { $0[id] }?.heard(after: 0, within: seconds)
  }
}
