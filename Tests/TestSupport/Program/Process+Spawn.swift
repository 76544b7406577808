import Foundation
import Synchronization

extension Process {
  private static let turn = Mutex(())

  /// Starts the process, one at a time: Foundation's `run()` was seen to crash when several threads call it at once.
  func spawn() throws {
    try Self.turn.withLock { _ in try run() }
  }
}
