import Foundation
import Storage

extension Transaction {
  /// Does to a known alert what was done to it at its sender. Of an alert that was never heard of, nothing can be done.
  func perform(_ action: AlertAction, _ incidents: Incidents) throws {
    guard var alert = try alert(action.source, action.key) else { return }
    let by = action.principal
    switch action.kind {
    case .acknowledge(let until): try acknowledge(&alert, until: until, by: by)
    case .unacknowledge: try unacknowledge(&alert, "Alert \(alert.alertGuid) \"\(alert.title)\" given back", by: by)
    case .resolve:
      guard alert.status == .firing else { return }
      alert.status = .resolved
      alert.endsAt = now
      alert.expiresAt = nil
      try save(alert)
      try resolve(alert, incidents.rule(for: alert))
    case .note(let text):
      let text = text.fittingBlock(Text.longest)
      let incidents = try incidentsToNote(of: alert)
      for incident in incidents { try addNote(to: incident, .general, text, by: by) }
      if incidents.isEmpty { try keep(text, on: alert, by: by) }
    case .assign(let person):
      let (person, incidents) = (person.fitting(255), try openIncidents(of: alert))
      for incident in incidents { try change(incident, IncidentChanges(assignedTo: person), by: by) }
      if incidents.isEmpty { try keep("Assigned to \(person)", assignedTo: person, on: alert, by: by) }
    case .retitle(let title):
      alert.title = title.fitting(255)
      try save(alert)
    case .describe(let text):
      alert.description = text.fittingBlock(Text.longest)
      try save(alert)
    case .grade(let severity):
      let isGraver = severity.urgency > alert.severity.urgency
      alert.severity = severity
      try save(alert)
      guard isGraver, alert.status == .firing else { return }
      var opened: [String] = []
      _ = try incidents.place(alert, firedBefore: true, incidents.rule(for: alert), &opened, self)
    }
  }

  /// The alert that a sender names, if it was ever heard of.
  func alert(_ source: String, _ key: AlertAction.Key) throws -> Alert? {
    switch key {
    case .dedupKey(let key): try alert(source, key.keyFitting255)
    case .guid(let guid):
      try row("SELECT * FROM data_alert WHERE AlertGuid = ? AND Source = ?", [.text(guid), .text(source)])
        .map(Alert.init)
    }
  }

  /// Where a note on the alert goes: its open incidents, or else the last one that people have closed.
  func incidentsToNote(of alert: Alert) throws -> [Incident] {
    let open = try openIncidents(of: alert)
    if !open.isEmpty { return open }
    return try rows(
      """
      SELECT data_incident.* FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
      WHERE AlertGuid = ? AND MergedIntoGuid IS NULL ORDER BY LinkedAt DESC, IncidentGuid DESC LIMIT 1
      """, [.text(alert.alertGuid)]
    ).map(Incident.init)
  }

  /// The incidents an alert is linked to that are not closed.
  func openIncidents(of alert: Alert) throws -> [Incident] {
    try rows(
      """
      SELECT data_incident.* FROM data_incident_alert JOIN data_incident USING (IncidentGuid)
      WHERE AlertGuid = ? AND Status <> 'CLOSED' ORDER BY LinkedAt, IncidentGuid
      """, [.text(alert.alertGuid)]
    ).map(Incident.init)
  }
}

extension AlertAction {
  /// Whoever a sender names has not proved who they are; the sender's name stands before theirs.
  fileprivate var principal: Principal {
    let name = [source, by?.notBlank].compactMap(\.self).joined(separator: ": ")
    return (try? Principal(name.fitting(255))) ?? .system
  }
}
