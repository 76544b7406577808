import Foundation
import Storage

/// What a call of a heartbeat is answered.
public struct Beat: Sendable, Equatable, Codable {
  public let heartbeatName: String
  /// When the call counted.
  public let lastBeatAt: Date
  /// When the next one must have come; null while the heartbeat is off.
  @OrNull public var dueAt: Date?
}

extension Incidents {
  /// A job calls: it is well, and its alert resolves. Returns when that is on disk.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  @discardableResult
  public func beat(_ name: String) async throws -> Beat {
    let (beat, hasResolved) = try await database.write { transaction in
      var heartbeat = try transaction.heartbeat(name)
      let now = transaction.now
      let wasMissed = heartbeat.missedAt != nil
      heartbeat.lastBeatAt = now
      heartbeat.dueAt = heartbeat.isEnabled ? heartbeat.due(after: now) : nil
      heartbeat.missedAt = nil
      try transaction.execute(
        "UPDATE data_heartbeat SET LastBeatAt = ?, DueAt = ?, MissedAt = NULL WHERE HeartbeatName = ?",
        [.time(now), .time(heartbeat.dueAt), .text(name)])
      if wasMissed { _ = try take([heartbeat.alert(.resolved, at: now)], transaction) }
      return (Beat(heartbeatName: name, lastBeatAt: now, dueAt: heartbeat.dueAt), wasMissed)
    }
    if hasResolved { outboxBell.ring() }
    return beat
  }
}
