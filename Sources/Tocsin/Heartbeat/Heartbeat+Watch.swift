import Foundation
import Logging
import Storage

extension Incidents {
  /// Makes an alert of every heartbeat that has not come in time. Any number of processes may do it at once: each alert is
  /// made once, in the transaction that notes it.
  ///
  /// A call that should have come while nobody listened may have been lost. So a heartbeat that was expected before
  /// `start` gets another interval, but at most an hour, and its grace from then on.
  ///
  /// - Parameters:
  ///   - start: since when this process has been listening; of others it knows nothing.
  ///   - logger: told which heartbeats got more time.
  /// - Returns: whether more is due already.
  public func checkHeartbeats(listeningSince start: Date, logger: Logger? = nil) async throws -> Bool {
    let most = 200
    // Most of the time nothing is due; then nobody has to wait for the one writer.
    let isDue = try await database.read {
      try $0.row("SELECT 1 FROM data_heartbeat WHERE DueAt <= ? LIMIT 1", [.time($0.now)]) != nil
    }
    guard isDue else { return false }
    let (count, missed, spared) = try await database.write { transaction in
      let due = try transaction.rows(
        "SELECT * FROM data_heartbeat WHERE DueAt <= ? ORDER BY DueAt LIMIT \(most)", [.time(transaction.now)]
      ).map(Heartbeat.init)
      let verdicts = try due.map { ($0, try transaction.judge($0, listeningSince: start)) }
      let missed = verdicts.filter { $0.1 == .missed }.map(\.0)
      _ = try take(missed.map { $0.alert(.firing, at: $0.dueAt ?? transaction.now) }, transaction)
      return (due.count, missed.count, verdicts.filter { $0.1 == .spared }.map(\.0.heartbeatName))
    }
    if !spared.isEmpty {
      logger?.notice(
        "heartbeats were due while this process did not listen; they get more time",
        metadata: ["heartbeats": "\(spared)", "listening_since": "\(JSON.time(start))"])
    }
    if missed > 0 { outboxBell.ring() }
    return count == most
  }
}

/// What a look at a heartbeat that is due has found.
private enum Verdict {
  case missed
  /// Its call may have been lost.
  case spared
  /// Somebody else was faster.
  case known
}

extension Transaction {
  /// Notes that a heartbeat is late, or gives it more time.
  fileprivate func judge(_ heartbeat: Heartbeat, listeningSince start: Date) throws -> Verdict {
    let end = heartbeat.deadline(listeningSince: start)
    let isMissed = end.map { $0 <= now } ?? false
    let matched = try execute(
      "UPDATE data_heartbeat SET DueAt = ?, MissedAt = ? WHERE HeartbeatName = ? AND DueAt = ?",
      [
        .time(isMissed ? nil : end), .time(isMissed ? now : nil), .text(heartbeat.heartbeatName),
        .time(heartbeat.dueAt),
      ])
    return matched == 0 ? .known : isMissed ? .missed : .spared
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
