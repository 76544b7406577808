import Storage

extension Transaction {
  /// Notes the end of the alert on its open incidents, or on the last one when people were faster and closed it; and closes
  /// those whose rule asks for it when it was the last to resolve. While the alert flaps nothing is said: it may fire again
  /// in a moment.
  func resolve(_ alert: Alert, _ rule: AlertRule) throws {
    if alert.flappingSince != nil { return }
    let incidents = try rows(
      """
      SELECT data_incident.* FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
      WHERE AlertGuid = ? AND MergedIntoGuid IS NULL ORDER BY LinkedAt DESC, IncidentGuid DESC
      """, [.text(alert.alertGuid)]
    ).map(Incident.init)
    let open = incidents.filter { $0.status != .closed }
    for incident in open.isEmpty ? Array(incidents.prefix(1)) : open { try note(alert, rule, incident) }
  }

  private func note(_ resolved: Alert, _ rule: AlertRule, _ incident: Incident) throws {
    let firing = try integer(
      """
      SELECT count(*) FROM data_incident_alert JOIN data_alert USING (AlertGuid)
      WHERE IncidentGuid = ? AND (Status = 'FIRING' OR FlappingSince IS NOT NULL)
      """, [.text(incident.incidentGuid)])
    let rest = firing == 0 ? "all alerts of this incident have resolved" : "\(firing) still firing"
    try record(
      .alertResolved, on: incident.incidentGuid, "Alert \(resolved.alertGuid) \"\(resolved.title)\" resolved; \(rest)",
      by: .system)
    guard firing == 0, rule.closesWhenResolved, incident.status != .closed else { return }
    var incident = incident
    try close(&incident, Closure(resolutionSummary: "All alerts have resolved", rootCause: nil), by: .system)
  }
}
