import Foundation
import Storage

extension Incidents {
  /// Whether a silence holds the alert back now; then the alert says which, and until when.
  func holds(_ alert: inout Alert, _ transaction: any Transaction) throws -> Bool {
    let hold = try hold(on: alert, transaction)
    if let hold { alert.silencedBy = hold.silence.silenceGuid }
    alert.silencedUntil = hold?.until
    return hold != nil
  }

  /// The same for an alert that is about to be placed, and keeps it.
  func holdsBack(_ alert: Alert, _ transaction: any Transaction) throws -> Bool {
    var held = alert
    let isHeld = try holds(&held, transaction)
    if held != alert { try transaction.save(held) }
    return isHeld
  }

  /// Lets an alert out whose silence has ended, unless there is another one: a silence never swallows what still fires when
  /// it ends. What it was silent about before, such as a group's incident that opened meanwhile, it joins now.
  func letOut(
    _ alert: inout Alert, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws {
    if try holds(&alert, transaction) { return }
    try transaction.save(alert)
    let incidents = try transaction.openIncidents(of: alert)
    if incidents.isEmpty { _ = try place(alert, firedBefore: true, rule, &opened, transaction) }
    for incident in incidents {
      try transaction.record(
        .alertLinked, on: incident.incidentGuid,
        "Alert \(alert.alertGuid) \"\(alert.title)\" fires; a silence held it back until now", by: .system)
      let raised = try transaction.raise(incident, to: alert.severity, transaction.told(of: incident))
      if alert.acknowledgedAt == nil { try tell(rule, raised, transaction) }
    }
    alert = try transaction.alert(id: alert.alertGuid)
  }
}
