import Foundation
import Storage

/// What came of a delivery.
public struct Intake: Sendable, Equatable, Codable {
  /// Alerts in the delivery.
  public var received = 0
  /// Incidents opened, by guid.
  public var opened: [String] = []
}

extension Incidents {
  /// Takes in a delivery of alerts, all in one durable write: counts up what is known, links or opens incidents as the rules
  /// say, and puts the messages of new incidents into the outbox. A repeated, late or reordered delivery changes nothing
  /// but the count.
  @discardableResult
  public func receive(_ alerts: [ReceivedAlert]) async throws -> Intake {
    let start = ContinuousClock.now
    let intake = try await database.write { transaction in
      var intake = Intake()
      for alert in alerts {
        let rule = rule(for: alert)
        let outcome = try receive(alert.applying(rule), rule, &intake, transaction)
        transaction.whenCommitted { Telemetry.count(outcome, from: alert.source) }
      }
      return intake
    }
    if !intake.opened.isEmpty { outboxBell.ring() }
    if let source = alerts.first?.source {
      Telemetry.intake.record(ContinuousClock.now - start, [Telemetry.source(source)])
    }
    return intake
  }

  private func receive(
    _ received: ReceivedAlert, _ rule: AlertRule, _ intake: inout Intake, _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    intake.received += 1
    guard let known = try transaction.alert(received.source, received.dedupKey) else {
      let alert = try transaction.insert(received)
      guard received.status == .firing else { return .kept }
      return try place(alert, firedBefore: false, rule, &intake, transaction)
    }
    switch (received.status, known.status) {
    // Also one that fires anew though its end was never told: else nobody would hear of it again.
    case (.firing, _) where received.startsAt > known.startsAt:
      let alert = try transaction.update(known, received)
      return try place(alert, firedBefore: known.status == .firing, rule, &intake, transaction)
    case (.resolved, .firing) where received.ends(known):
      let alert = try transaction.update(known, received)
      try transaction.resolve(alert, rule)
      return .resolved
    default:
      try transaction.countUp(known)
      return .repeated
    }
  }

  /// Finds the firing alert an incident: its group's open one, or a new one.
  private func place(
    _ alert: Alert, firedBefore: Bool, _ rule: AlertRule, _ intake: inout Intake, _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    if rule.opens == false { return .kept }
    if let incident = try transaction.openIncident(ofGroup: alert.groupKey) {
      try transaction.join(alert, firedBefore: firedBefore, incident)
      return .joined
    }
    guard rule.opens ?? (alert.severity.urgency >= Severity.high.urgency) else { return .kept }
    let incident = try transaction.open(alert)
    intake.opened.append(incident.incidentGuid)
    try tell(rule, incident, transaction)
    return .opened
  }

  /// Intake must never fail because of what a rule says; what cannot be told is put on the timeline instead.
  private func tell(_ rule: AlertRule, _ incident: Incident, _ transaction: any Transaction) throws {
    let code = rule.notifyCode ?? "INCIDENT_\(incident.severity.rawValue)"
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

extension ReceivedAlert {
  /// Whether this resolution is of what fires now, not a late one of an earlier time. Senders that forgot when the alert
  /// began say at least when it ended.
  fileprivate func ends(_ known: Alert) -> Bool {
    startsAt >= known.startsAt || endsAt.map { $0 >= known.startsAt } ?? false
  }
}
