import Foundation
import Storage

extension Incidents {
  /// Makes an alert of every heartbeat that has not come in time. Any number of processes may do it at once: each alert is
  /// made once, in the transaction that notes it.
  ///
  /// A call that should have come while nobody listened may have been lost. So a heartbeat that was expected before
  /// `start` gets another interval, but at most an hour, and its grace from then on.
  ///
  /// - Parameter start: since when this process has been listening.
  /// - Returns: whether more is due already.
  public func checkHeartbeats(listeningSince start: Date) async throws -> Bool {
    let most = 200
    // Most of the time nothing is due; then nobody has to wait for the one writer.
    let isDue = try await database.read {
      try $0.row("SELECT 1 FROM data_heartbeat WHERE DueAt <= ? LIMIT 1", [.time($0.now)]) != nil
    }
    guard isDue else { return false }
    let (count, missed) = try await database.write { transaction in
      let due = try transaction.rows(
        "SELECT * FROM data_heartbeat WHERE DueAt <= ? ORDER BY DueAt LIMIT \(most)", [.time(transaction.now)]
      ).map(Heartbeat.init)
      let missed = try due.filter { try transaction.notes($0, listeningSince: start) }
      _ = try take(missed.map { $0.alert(.firing, at: $0.dueAt ?? transaction.now) }, transaction)
      return (due.count, missed.count)
    }
    if missed > 0 { outboxBell.ring() }
    return count == most
  }
}

extension Transaction {
  /// Notes that a heartbeat is late, or gives it more time; false when it is not late, or somebody else has noted it.
  fileprivate func notes(_ heartbeat: Heartbeat, listeningSince start: Date) throws -> Bool {
    let end = heartbeat.deadline(listeningSince: start)
    let isMissed = end.map { $0 <= now } ?? false
    let matched = try execute(
      "UPDATE data_heartbeat SET DueAt = ?, MissedAt = ? WHERE HeartbeatName = ? AND DueAt = ?",
      [
        .time(isMissed ? nil : end), .time(isMissed ? now : nil), .text(heartbeat.heartbeatName),
        .time(heartbeat.dueAt),
      ])
    return isMissed && matched == 1
  }
}

extension Heartbeat {
  /// When it is late, for a process that has been listening since `start`.
  fileprivate func deadline(listeningSince start: Date) -> Date? {
    guard let dueAt else { return nil }
    guard dueAt.addingTimeInterval(Double(-graceSeconds)) < start else { return dueAt }
    return max(dueAt, start.addingTimeInterval(Double(min(intervalSeconds, 3600) + graceSeconds)))
  }
}
