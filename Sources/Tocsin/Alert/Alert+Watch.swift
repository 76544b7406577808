import Foundation
import Storage

extension Incidents {
  /// Does what time alone asks for: ends alerts that are no longer repeated, gives back those that were taken on for a time
  /// that is over, lets those out whose silence has ended, and speaks again of those that flapped. Any number of processes may
  /// do it at once.
  ///
  /// - Returns: whether more is due already.
  public func checkAlerts() async throws -> Bool {
    let most = 200
    let (due, hasOld) = try await database.read { transaction in
      let due = try transaction.rows(
        "SELECT AlertGuid FROM data_alert WHERE CheckAt <= ? ORDER BY CheckAt LIMIT \(most)", [.time(transaction.now)]
      ).map { try $0.text("AlertGuid") }
      return (due, try transaction.hasOldOccurrences())
    }
    if due.isEmpty, !hasOld { return false }
    do {
      try await check(due)
    } catch let error where Failure(error).code != .unavailable {
      // One that cannot be looked at must not keep the others from it.
      for guid in due { try await checkAlone(guid) }
    }
    if !due.isEmpty { outboxBell.ring() }
    return due.count == most
  }

  private func check(_ due: [String]) async throws {
    try await database.write { transaction in
      try transaction.dropOldOccurrences()
      var opened: [String] = []
      for guid in due {
        // Another process may have been faster.
        let row = try transaction.row(
          "SELECT * FROM data_alert WHERE AlertGuid = ? AND CheckAt <= ?", [.text(guid), .time(transaction.now)])
        if let row { try check(Alert(row), &opened, transaction) }
      }
    }
  }

  private func checkAlone(_ guid: String) async throws {
    do {
      try await check([guid])
    } catch let error where Failure(error).code != .unavailable {
      _ = try await database.write { transaction in
        try transaction.execute(
          "UPDATE data_alert SET CheckAt = ? WHERE AlertGuid = ?",
          [.time(transaction.now.addingTimeInterval(60)), .text(guid)])
      }
    }
  }

  private func check(_ alert: Alert, _ opened: inout [String], _ transaction: any Transaction) throws {
    var alert = alert
    let (now, rule) = (transaction.now, rule(for: alert))
    if alert.status == .firing, let end = alert.expiresAt, end <= now {
      alert.status = .resolved
      alert.endsAt = end
      try transaction.save(alert)
      try transaction.resolve(alert, rule)
    }
    if alert.status == .firing, let end = alert.silencedUntil, end <= now {
      try letOut(&alert, rule, &opened, transaction)
    }
    if alert.status == .firing, let end = alert.acknowledgedUntil, end <= now {
      let who = alert.acknowledgedBy ?? ""
      try transaction.unacknowledge(
        &alert, "Alert \(alert.alertGuid) \"\(alert.title)\" still fires; \(who) had taken it on until now", by: .system
      )
      if try !holds(&alert, transaction) {
        let incidents = try transaction.openIncidents(of: alert)
        if incidents.isEmpty {
          _ = try place(alert, firedBefore: true, rule, &opened, transaction)
          alert = try transaction.alert(id: alert.alertGuid)
        }
        for incident in incidents { try tell(rule, incident, transaction) }
      }
    }
    try calm(&alert, rule, &opened, transaction)
    try transaction.save(alert)
  }
}
