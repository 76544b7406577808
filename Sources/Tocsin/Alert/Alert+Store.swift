import Foundation
import Storage

extension Transaction {
  func alert(_ source: String, _ dedupKey: String) throws -> Alert? {
    try row("SELECT * FROM data_alert WHERE Source = ? AND DedupKey = ?", [.text(source), .text(dedupKey)])
      .map(Alert.init)
  }

  func insert(_ received: ReceivedAlert) throws -> Alert {
    let guid = newGuid()
    let columns: [SQLValue] = [
      .text(guid), .text(received.source), .text(received.dedupKey), .text(received.status.rawValue),
      .text(received.severity.rawValue), .text(received.package), .text(received.title),
      .text(received.description), .text(try JSON.encode(received.labels)),
      .text(received.groupKey.keyFitting255), .text(received.url), .time(received.startsAt), .time(received.endsAt),
      .time(now), .time(now),
    ]
    try execute(
      """
      INSERT INTO data_alert (AlertGuid, Source, DedupKey, Status, Severity, Package, Title, Description, Labels, GroupKey,
        Url, StartsAt, EndsAt, FirstSeenAt, LastSeenAt, Count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
      """, columns)
    return Alert(
      alertGuid: guid, source: received.source, dedupKey: received.dedupKey, status: received.status,
      severity: received.severity, package: received.package, title: received.title,
      description: received.description, labels: received.labels, groupKey: received.groupKey.keyFitting255,
      url: received.url, startsAt: received.startsAt, endsAt: received.endsAt, firstSeenAt: now, lastSeenAt: now,
      count: 1)
  }

  /// The known alert fires again, with what it says now, or resolves.
  func update(_ known: Alert, _ received: ReceivedAlert) throws -> Alert {
    let alert = received.status == .firing ? known.firing(received) : known.resolved(received, now: now)
    try execute(
      """
      UPDATE data_alert SET Status = ?, Severity = ?, Package = ?, Title = ?, Description = ?, Labels = ?, GroupKey = ?,
        Url = ?, StartsAt = ?, EndsAt = ?, LastSeenAt = ?, Count = Count + 1 WHERE AlertGuid = ?
      """,
      [
        .text(alert.status.rawValue), .text(alert.severity.rawValue), .text(alert.package), .text(alert.title),
        .text(alert.description), .text(try JSON.encode(alert.labels)), .text(alert.groupKey), .text(alert.url),
        .time(alert.startsAt), .time(alert.endsAt), .time(now), .text(alert.alertGuid),
      ])
    return alert
  }

  func countUp(_ alert: Alert) throws {
    try execute(
      "UPDATE data_alert SET Count = Count + 1, LastSeenAt = ? WHERE AlertGuid = ?",
      [.time(now), .text(alert.alertGuid)])
  }

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
  func open(_ alert: Alert) throws -> Incident {
    let incident = try create(
      IncidentDraft(
        title: alert.title, severity: alert.severity, package: alert.package, description: alert.description,
        assignedTo: nil),
      by: .system)
    try execute("DELETE FROM tocsin_alert_group WHERE GroupKey = ?", [.text(alert.groupKey)])
    try execute(
      "INSERT INTO tocsin_alert_group (GroupKey, IncidentGuid) VALUES (?, ?)",
      [.text(alert.groupKey), .text(incident.incidentGuid)])
    try link(alert.alertGuid, to: incident, by: .system)
    return incident
  }

  /// Links the alert to its group's open incident; one that was linked before and fires again after its end is noted.
  func join(_ alert: Alert, firedBefore: Bool, _ incident: Incident) throws {
    let linked = try row(
      "SELECT 1 FROM data_incident_alert WHERE IncidentGuid = ? AND AlertGuid = ?",
      [.text(incident.incidentGuid), .text(alert.alertGuid)])
    if linked == nil {
      try link(alert.alertGuid, to: incident, by: .system)
    } else if !firedBefore {
      try record(
        .alertLinked, on: incident.incidentGuid, "Alert \(alert.alertGuid) \"\(alert.title)\" fires again", by: .system)
    }
  }

  /// Notes the end of the alert on its open incidents, or on the last one when people were faster and closed it; and closes
  /// those whose rule asks for it when it was the last to resolve.
  func resolve(_ alert: Alert, _ rule: AlertRule) throws {
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
      WHERE IncidentGuid = ? AND Status = 'FIRING'
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

extension Alert {
  /// It may come back worse than it went: severity and words are those of the new firing.
  fileprivate func firing(_ received: ReceivedAlert) -> Alert {
    var alert = self
    alert.status = .firing
    alert.severity = received.severity
    alert.package = received.package
    alert.title = received.title
    alert.description = received.description
    alert.labels = received.labels
    alert.groupKey = received.groupKey.keyFitting255
    alert.url = received.url
    alert.startsAt = received.startsAt
    alert.endsAt = nil
    return alert
  }

  fileprivate func resolved(_ received: ReceivedAlert, now: Date) -> Alert {
    var alert = self
    alert.status = .resolved
    // A sender may have forgotten when it began. Going back would take its last firing, delivered again, for a new one.
    alert.startsAt = max(startsAt, received.startsAt)
    alert.endsAt = received.endsAt ?? now
    return alert
  }
}
