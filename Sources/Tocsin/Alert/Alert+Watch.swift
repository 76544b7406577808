import Foundation
import Storage

extension Incidents {
  /// Does what time alone asks for: ends alerts that are no longer repeated, gives back those that were taken on for a time
  /// that is over, lets those out whose silence has ended, and speaks again of those that flapped. Any number of processes may do it at once.
  ///
  /// - Returns: whether more is due already.
  public func checkAlerts() async throws -> Bool {
    let most = 200
    let (count, rings) = try await database.write { transaction in
      let due = try transaction.rows(
        "SELECT * FROM data_alert WHERE CheckAt <= ? ORDER BY CheckAt LIMIT \(most)", [.time(transaction.now)]
      ).map(Alert.init)
      try transaction.dropOldOccurrences()
      var opened: [String] = []
      for alert in due { try check(alert, &opened, transaction) }
      return (due.count, !due.isEmpty)
    }
    if rings { outboxBell.ring() }
    return count == most
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
        for incident in try transaction.openIncidents(of: alert) { try tell(rule, incident, transaction) }
      }
    }
    try calm(&alert, rule, &opened, transaction)
    try transaction.save(alert)
  }
}
