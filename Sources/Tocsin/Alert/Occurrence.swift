import Storage

/// What it is written down for that an alert began to fire: a row of `tocsin_alert_occurrence`. Only rules with `threshold`
/// or `flap` cause any.
enum Occurrence: String {
  case threshold = "THRESHOLD"
  case flap = "FLAP"
}

extension Transaction {
  func note(_ purpose: Occurrence, of alert: Alert, within window: Double) throws {
    try execute(
      """
      INSERT INTO tocsin_alert_occurrence (OccurrenceGuid, Purpose, AlertGuid, GroupKey, OccurredAt, KeptUntil)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(newGuid()), .text(purpose.rawValue), .text(alert.alertGuid), .text(alert.groupKey), .time(now),
        .time(now.addingTimeInterval(window)),
      ])
  }

  func hasOldOccurrences() throws -> Bool {
    try row("SELECT 1 FROM tocsin_alert_occurrence WHERE KeptUntil <= ? LIMIT 1", [.time(now)]) != nil
  }

  func dropOldOccurrences() throws {
    try execute("DELETE FROM tocsin_alert_occurrence WHERE KeptUntil <= ?", [.time(now)])
  }
}
