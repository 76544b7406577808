import Storage

extension Incidents {
  /// What an alert means for the open incident that it belongs to. One that is graver than all that people were told of it
  /// raises it. People are told, under the code of the alert's own rule, of what is graver, and when nobody was told before;
  /// of the rest they are not.
  func heed(_ alert: Alert, _ rule: AlertRule, _ incident: Incident, _ transaction: any Transaction) throws {
    guard rule.notifies || alert.severity.urgency > incident.severity.urgency else { return }
    let told = try transaction.told(of: incident)
    let incident = try transaction.raise(incident, to: alert.severity, told)
    guard rule.tells(of: alert.severity, after: told.gravest) else { return }
    try tell(rule, rule.notifyCode ?? alert.severity.notifyCode, incident, alert, told, transaction)
    transaction.whenCommitted { outboxBell.ring() }
  }

  /// Tells people of an incident, under the code of an alert's rule or of the incident's severity.
  func tell(_ rule: AlertRule, _ incident: Incident, _ transaction: any Transaction) throws {
    guard rule.notifies else { return }
    try tell(rule, rule.notifyCode ?? incident.severity.notifyCode, incident, nil, Told(), transaction)
  }

  /// Intake must never fail because of what a rule says; what cannot be told is put on the timeline instead.
  ///
  /// - Parameter alert: why people are told again; nil when they are told of the incident itself.
  private func tell(
    _ rule: AlertRule, _ code: String, _ incident: Incident, _ alert: Alert?, _ told: Told,
    _ transaction: any Transaction
  ) throws {
    do {
      let known = try transaction.notifyRuleIfAny(code)
      // Where there are no channels, nobody expects to be told.
      if known == nil, channels.isEmpty, rule.notifyCode == nil { return }
      let notifyRule = try known ?? transaction.notifyRule(code)
      if told.wasTried(notifyRule.notifyCode, alert?.severity ?? incident.severity) { return }
      try tell(notifyRule, incident, alert, transaction)
    } catch let error where Failure(error).code != .unavailable {
      let words = "Nobody was told under \(code): "
      if alert != nil, try transaction.says(words, incident) { return }
      try transaction.record(
        .notificationFailed, on: incident.incidentGuid, words + excerpt(Failure(error).message), by: .system)
    }
  }

  /// A template that does not work gives way to the standard text.
  private func tell(
    _ rule: NotifyRule, _ incident: Incident, _ alert: Alert?, _ transaction: any Transaction
  ) throws {
    do {
      _ = try post(rule, incident, template: nil, because: alert, mayBeHeld: true, by: .system, transaction)
    } catch let failure as Failure where failure.field?.hasPrefix("message") == true {
      let standard = incident.standardTemplate(hasURL: settings.publicURL != nil)
      _ = try post(rule, incident, template: standard, because: alert, mayBeHeld: true, by: .system, transaction)
    }
  }
}

extension AlertRule {
  /// Whether people are told of an alert that joins an incident of which they know up to `told`; nil for nothing. An alert
  /// that alone would have told nobody does not begin to here.
  func tells(of severity: Severity, after told: Severity?) -> Bool {
    guard notifies else { return false }
    guard let told else { return notifyCode != nil || opens(for: severity) }
    return severity.urgency > told.urgency
  }
}

extension Severity {
  /// The code under which people are told when no rule names another.
  var notifyCode: String { "INCIDENT_\(rawValue)" }
}

/// What people were told of an incident so far.
struct Told {
  /// The gravest severity that a message told of which was not given up; nil when nobody was told.
  private(set) var gravest: Severity?
  /// The gravest that was tried under each notify code, whatever became of it; what was given up counts for a while only.
  private var tried: [String: Severity] = [:]

  func wasTried(_ code: String, _ severity: Severity) -> Bool {
    tried[code].map { $0.urgency >= severity.urgency } ?? false
  }

  fileprivate mutating func add(_ code: String?, _ severity: Severity, isFailed: Bool) {
    func graver(_ known: Severity?) -> Severity {
      known.map { $0.urgency > severity.urgency ? $0 : severity } ?? severity
    }
    if !isFailed { gravest = graver(gravest) }
    if let code { tried[code] = graver(tried[code]) }
  }
}

extension Transaction {
  /// Seconds for which a message that was given up keeps the next alert from being told of in vain.
  private static var rest: Double { 900 }

  func told(of incident: Incident) throws -> Told {
    var told = Told()
    let rows = try rows(
      """
      SELECT Status, Metadata, Timestamp FROM data_incident_communication JOIN tocsin_delivery USING (CommunicationGuid)
      WHERE data_incident_communication.IncidentGuid = ? AND Kind = 'NOTIFICATION'
      """, [.text(incident.incidentGuid)])
    for row in rows {
      // Whatever somebody has written there by hand must not stop intake.
      let metadata = try? JSONValue.object(row.optionalText("Metadata"))
      let severity = MessageDraft.severity(in: metadata) ?? incident.severity
      let isFailed = try row.text("Status") == DeliveryStatus.failed.rawValue
      if isFailed, try row.time("Timestamp") < now.addingTimeInterval(-Self.rest) { continue }
      told.add(metadata?["notify_code"]?.string, severity, isFailed: isFailed)
    }
    return told
  }

  /// What people have lowered stays low, until something is graver than all that they know of.
  func raise(_ incident: Incident, to severity: Severity, _ told: Told) throws -> Incident {
    let isNews = told.gravest.map { severity.urgency > $0.urgency } ?? true
    guard isNews, severity.urgency > incident.severity.urgency else { return incident }
    return try change(incident, IncidentChanges(severity: severity), by: .system)
  }

  /// Whether the timeline has an event of a failed notification that begins so.
  fileprivate func says(_ words: String, _ incident: Incident) throws -> Bool {
    // Not by writing them down now: that would keep all other servers waiting, for each alert.
    let isToCome = eventsToCome.contains {
      $0.incidentGuid == incident.incidentGuid && $0.eventType == .notificationFailed && $0.description.hasPrefix(words)
    }
    return try isToCome
      || row(
        """
        SELECT 1 FROM data_incident_timeline
        WHERE IncidentGuid = ? AND EventType = 'NOTIFICATION_FAILED' AND SUBSTR(Description, 1, ?) = ? LIMIT 1
        """,
        [.text(incident.incidentGuid), .integer(words.unicodeScalars.count), .text(words)]) != nil
  }
}
