import Synchronization

/// Counts the messages that this process is handing over right now.
final class UnderWay: Sendable {
  private let count = Mutex(0)

  var isEmpty: Bool { count.withLock { $0 == 0 } }

  func begin() { count.withLock { $0 += 1 } }

  func end() { count.withLock { $0 -= 1 } }
}

extension Incidents {
  /// Waits until nothing is on its way any more, which every channel bounds by its own time-out. A program that ends sooner
  /// leaves open whether the vendor has the message, and then it is sent again.
  public func finishSending() async {
    while !underWay.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
  }
}
