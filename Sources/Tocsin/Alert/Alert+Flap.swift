import Foundation
import Storage

extension Incidents {
  /// Lets an alert fire that was never heard of.
  func fire(
    _ alert: Alert, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    if let flap = rule.flap { try transaction.note(.flap, of: alert, within: flap.window) }
    return try place(alert, firedBefore: false, rule, &opened, transaction)
  }

  /// Lets an alert fire anew, or be graver than it was. One that flaps is only kept, unless it is graver.
  func fire(
    _ firing: Alert, after known: Alert, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    var alert = firing
    let flapped = known.flappingSince != nil
    if flapped { alert.keepAcknowledgement(of: known) }
    if known.status == .resolved || alert.startsAt > known.startsAt, let flap = rule.flap {
      try transaction.noteFlap(&alert, flap)
    }
    try transaction.save(alert)
    if flapped, alert.severity.urgency <= known.severity.urgency, try isToldOf(alert, transaction) { return .repeated }
    let firedBefore = flapped || known.status == .firing
    if flapped || alert.flappingSince == nil {
      return try place(alert, firedBefore: firedBefore, rule, &opened, transaction)
    }
    return try startToFlap(alert, firedBefore: firedBefore, rule, &opened, transaction)
  }

  /// Whether a flapping alert has its incident, or had it and people closed it. One that a silence or a threshold held back
  /// when it began to flap has none yet.
  private func isToldOf(_ alert: Alert, _ transaction: any Transaction) throws -> Bool {
    try !transaction.openIncidents(of: alert).isEmpty
      || transaction.wasClosed(alert, since: alert.flappingSince ?? transaction.now)
  }

  /// Says so once, on the alert's incidents; it is told of like any other if it has none, or is graver than what it was.
  private func startToFlap(
    _ alert: Alert, firedBefore: Bool, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    let placed = try transaction.openIncidents(of: alert)
    var outcome = Telemetry.AlertOutcome.joined
    if placed.isEmpty {
      outcome = try place(alert, firedBefore: firedBefore, rule, &opened, transaction)
    } else if try !holdsBack(alert, transaction) {
      for incident in placed { try heed(alert, rule, incident, transaction) }
    }
    let often = rule.flap.map { "\($0)" } ?? "too often"
    for incident in try transaction.openIncidents(of: alert) {
      try transaction.record(
        .alertFlapping, on: incident.incidentGuid,
        "Alert \(alert.alertGuid) \"\(alert.title)\" flaps: it began to fire \(often). "
          + "Until it is quiet for as long, its coming and going is not noted", by: .system)
    }
    return outcome
  }

  /// Ends the flapping of an alert that has been quiet for long enough, and says what has become of it.
  func calm(
    _ alert: inout Alert, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws {
    guard let until = alert.flappingUntil, until <= transaction.now else { return }
    (alert.flappingSince, alert.flappingUntil) = (nil, nil)
    try transaction.save(alert)
    if alert.status == .resolved { return try transaction.resolve(alert, rule) }
    let incidents = try transaction.openIncidents(of: alert)
    for incident in incidents {
      try transaction.record(
        .alertFlapping, on: incident.incidentGuid,
        "Alert \(alert.alertGuid) \"\(alert.title)\" no longer flaps; it fires", by: .system)
    }
    let began = rule.flap.map { until.addingTimeInterval(-$0.window) } ?? until
    guard incidents.isEmpty, try !transaction.wasClosed(alert, since: began) else { return }
    _ = try place(alert, firedBefore: true, rule, &opened, transaction)
    // A silence may hold it now.
    alert = try transaction.alert(id: alert.alertGuid)
  }
}

extension Transaction {
  /// Notes that the alert began to fire; if that was too often lately, it flaps until it has been quiet for the window.
  fileprivate func noteFlap(_ alert: inout Alert, _ flap: Frequency) throws {
    try note(.flap, of: alert, within: flap.window)
    let times = try integer(
      "SELECT count(*) FROM tocsin_alert_occurrence WHERE Purpose = 'FLAP' AND AlertGuid = ? AND OccurredAt > ?",
      [.text(alert.alertGuid), .time(now.addingTimeInterval(-flap.window))])
    guard alert.flappingSince != nil || times >= flap.count else { return }
    alert.flappingSince = alert.flappingSince ?? now
    alert.flappingUntil = now.addingTimeInterval(flap.window)
  }

  /// Whether people closed an incident of the alert since it began to fire last: they know of it.
  func wasClosed(_ alert: Alert, since: Date) throws -> Bool {
    try row(
      """
      SELECT 1 FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
      WHERE AlertGuid = ? AND Status = 'CLOSED' AND ClosedAt >= ?
      """, [.text(alert.alertGuid), .time(since)]) != nil
  }
}

extension Alert {
  /// Whoever took a flapping alert on took on its next firings too.
  fileprivate mutating func keepAcknowledgement(of known: Alert) {
    (acknowledgedAt, acknowledgedBy) = (known.acknowledgedAt, known.acknowledgedBy)
    acknowledgedUntil = known.acknowledgedUntil
  }
}
