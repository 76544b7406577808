import Storage

extension Transaction {
  /// The alerts with which the group's incident opens, its gravest first; none while too few have fired.
  func founders(_ alert: Alert, _ threshold: Frequency?) throws -> [Alert] {
    guard let threshold else { return [alert] }
    try note(.threshold, of: alert, within: threshold.window)
    let recent: [SQLValue] = [.text(alert.groupKey), .time(now.addingTimeInterval(-threshold.window))]
    let firings = try integer(
      """
      SELECT count(*) FROM tocsin_alert_occurrence WHERE Purpose = 'THRESHOLD' AND GroupKey = ? AND OccurredAt > ?
      """, recent)
    guard firings >= threshold.count else { return [] }
    let alerts = try rows(
      """
      SELECT * FROM data_alert WHERE Status = 'FIRING' AND AlertGuid IN (
        SELECT AlertGuid FROM tocsin_alert_occurrence WHERE Purpose = 'THRESHOLD' AND GroupKey = ? AND OccurredAt > ?)
      ORDER BY AlertGuid
      """, recent
    ).map(Alert.init)
    // After this incident, the count begins anew.
    try execute(
      "DELETE FROM tocsin_alert_occurrence WHERE Purpose = 'THRESHOLD' AND GroupKey = ?", [.text(alert.groupKey)])
    guard let gravest = alerts.max(by: { $0.severity.urgency < $1.severity.urgency })?.severity,
      let first = alerts.first(where: { $0.severity == gravest })
    else { return [alert] }
    return [first] + alerts.filter { $0.alertGuid != first.alertGuid }
  }

  /// Whether the alert was linked to an incident since it began to fire, by a sender who does not say when that was.
  fileprivate func isPlaced(_ alert: Alert) throws -> Bool {
    try row(
      "SELECT 1 FROM data_incident_alert WHERE AlertGuid = ? AND LinkedAt >= ?",
      [.text(alert.alertGuid), .time(alert.startsAt)]) != nil
  }
}

extension Incidents {
  /// A sender that never says when an alert began sends each failure of a check: for a threshold each counts, until the
  /// alert has its incident.
  func fireOnceMore(
    _ alert: Alert, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    guard rule.threshold != nil, alert.status == .firing, alert.flappingSince == nil,
      try !transaction.isPlaced(alert)
    else { return .repeated }
    return try place(alert, firedBefore: true, rule, &opened, transaction)
  }
}
