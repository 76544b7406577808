import Storage

extension Incidents {
  /// Finds the firing alert an incident: its group's open one, or a new one, whose guid is added to `opened`.
  func place(
    _ alert: Alert, firedBefore: Bool, _ rule: AlertRule, _ opened: inout [String], _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    if rule.opens == false { return .kept }
    if try holdsBack(alert, transaction) { return .silenced }
    if let incident = try transaction.openIncident(ofGroup: alert.groupKey) {
      try transaction.join(alert, firedBefore: firedBefore, incident)
      return .joined
    }
    guard rule.opens(for: alert.severity) else { return .kept }
    let founders = try transaction.founders(alert, rule.threshold)
    guard let first = founders.first else { return .kept }
    let incident = try transaction.open(first, assignedTo: rule.assignee)
    for other in founders.dropFirst() { try transaction.link(other.alertGuid, to: incident, by: .system) }
    opened.append(incident.incidentGuid)
    try tell(rule, incident, transaction)
    return .opened
  }

  /// Intake must never fail because of what a rule says; what cannot be told is put on the timeline instead.
  func tell(_ rule: AlertRule, _ incident: Incident, _ transaction: any Transaction) throws {
    guard rule.notifies else { return }
    let code = rule.notifyCode ?? incident.severity.notifyCode
    do {
      try tell(transaction.notifyRule(code), incident, transaction)
    } catch let error where Failure(error).code != .unavailable {
      let failure = Failure(error)
      if failure.code == .notFound && rule.notifyCode == nil { return }
      try transaction.record(
        .notificationFailed, on: incident.incidentGuid, "Nobody was told under \(code): \(excerpt(failure.message))",
        by: .system)
    }
  }

  /// A template that does not work gives way to the standard text.
  private func tell(_ rule: NotifyRule, _ incident: Incident, _ transaction: any Transaction) throws {
    do {
      _ = try post(rule, incident, template: nil, mayBeHeld: true, by: .system, transaction)
    } catch let failure as Failure where failure.field?.hasPrefix("message") == true {
      let standard = incident.standardTemplate(hasURL: settings.publicURL != nil)
      _ = try post(rule, incident, template: standard, mayBeHeld: true, by: .system, transaction)
    }
  }
}

extension Severity {
  /// The code under which people are told when no rule names another.
  var notifyCode: String { "INCIDENT_\(rawValue)" }
}
