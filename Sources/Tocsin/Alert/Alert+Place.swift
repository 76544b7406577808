import Storage

extension Incidents {
  /// Finds the firing alert an incident: its group's open one, or a new one, whose guid is added to `opened`.
  func place(
    _ alert: Alert, firedBefore: Bool, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    if rule.opens == false { return .kept }
    if try holdsBack(alert, transaction) { return .silenced }
    if let incident = try transaction.openIncident(ofGroup: alert.groupKey) {
      let incident = try transaction.join(alert, firedBefore: firedBefore, incident)
      try heed(alert, rule, incident, transaction)
      return .joined
    }
    guard rule.opens(for: alert.severity) else { return .kept }
    let founders = try transaction.founders(alert, rule.threshold)
    guard let first = founders.first else { return .kept }
    var incident = try transaction.open(first, assignedTo: rule.assignee)
    for other in founders.dropFirst() {
      try transaction.link(other.alertGuid, to: incident, by: .system)
      incident = try transaction.handOver(notesOf: other.alertGuid, to: incident)
    }
    opened.append(incident.incidentGuid)
    try tell(rule, incident, transaction)
    return .opened
  }
}
