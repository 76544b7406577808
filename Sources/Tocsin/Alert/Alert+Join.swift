import Storage

extension Transaction {
  /// The incident that new alerts of the group join, if it is still open.
  func openIncident(ofGroup key: String) throws -> Incident? {
    try row(
      """
      SELECT data_incident.* FROM tocsin_alert_group JOIN data_incident USING (IncidentGuid)
      WHERE GroupKey = ? AND Status <> 'CLOSED'
      """, [.text(key)]
    ).map(Incident.init)
  }

  /// Opens an incident for the alert and makes it the one of its group.
  func open(_ alert: Alert, assignedTo: String?) throws -> Incident {
    let incident = try create(
      IncidentDraft(
        title: alert.title, severity: alert.severity, package: alert.package, description: alert.description,
        assignedTo: assignedTo),
      by: .system)
    try execute("DELETE FROM tocsin_alert_group WHERE GroupKey = ?", [.text(alert.groupKey)])
    try execute(
      "INSERT INTO tocsin_alert_group (GroupKey, IncidentGuid) VALUES (?, ?)",
      [.text(alert.groupKey), .text(incident.incidentGuid)])
    try link(alert.alertGuid, to: incident, by: .system)
    return try handOver(notesOf: alert.alertGuid, to: incident)
  }

  /// Links the alert to its group's open incident; one that was linked before and fires again after its end is noted.
  ///
  /// - Returns: the incident as it is then.
  func join(_ alert: Alert, firedBefore: Bool, _ incident: Incident) throws -> Incident {
    let linked = try row(
      "SELECT 1 FROM data_incident_alert WHERE IncidentGuid = ? AND AlertGuid = ?",
      [.text(incident.incidentGuid), .text(alert.alertGuid)])
    if linked == nil {
      try link(alert.alertGuid, to: incident, by: .system)
    } else if !firedBefore {
      try record(
        .alertLinked, on: incident.incidentGuid, "Alert \(alert.alertGuid) \"\(alert.title)\" fires again", by: .system)
    }
    return try handOver(notesOf: alert.alertGuid, to: incident)
  }
}
