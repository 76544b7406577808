import Foundation
import Storage
import Synchronization

/// Notes when tokens and sessions were used last, at most once a minute each and beside the request, which never waits
/// for it.
final class LastUse: Sendable {
  /// Seconds.
  static let interval = 60.0

  private let noted = Mutex<[String: Date]>([:])

  /// Writes the time of the use by `statement`, which binds the time, the guid and the time again.
  ///
  /// - Parameter before: the use on record.
  func note(_ guid: String, before: Date?, now: Date, _ statement: String, _ database: any Database) {
    func isRecent(_ time: Date?) -> Bool { time.map { abs(now.timeIntervalSince($0)) < Self.interval } ?? false }
    if isRecent(before) { return }
    let isNew = noted.withLock { noted in
      if isRecent(noted[guid]) { return false }
      if noted.count > 10_000 { noted = noted.filter { isRecent($0.value) } }
      noted[guid] = now
      return true
    }
    guard isNew else { return }
    // Whoever asked is answered whether or not this can be written.
    Task { try? await database.write { _ = try $0.execute(statement, [.time(now), .text(guid), .time(now)]) } }
  }
}
