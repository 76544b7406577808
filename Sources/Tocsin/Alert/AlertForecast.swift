import Foundation

/// What the rules would make of an alert if it came in now: nothing is written, and nothing is known of what came before.
public struct AlertForecast: Sendable, Equatable, Codable {
  public enum Outcome: String, Sendable, Codable {
    /// Opens an incident, unless its group has an open one, which it joins.
    case opens
    /// Joins the incident that an alert before it opens.
    case joins
    /// Is kept, and joins its group's incident if there is an open one.
    case keeps
    /// Ends what fired under its key.
    case resolves
  }

  public let source: String
  public let dedupKey: String
  public let status: AlertStatus
  /// The rule's name, else its place in the file such as `rules[0]`; null when none matches.
  @OrNull public var rule: String?
  public let outcome: Outcome
  /// Why.
  public let reason: String
  public let severity: Severity
  public let package: String
  public let title: String
  public let groupKey: String
  /// The notify code under which people would be told; null when nobody would be.
  @OrNull public var notifyCode: String?
  /// Whom the incident would be assigned to.
  @OrNull public var assignedTo: String?
  /// When it counts as resolved unless it comes again.
  @OrNull public var expiresAt: Date?
}

extension Incidents.Settings {
  /// What would become of the alerts of one delivery, in its order.
  public func forecast(_ alerts: [ReceivedAlert], now: Date) -> [AlertForecast] {
    var open: [String: OpenGroup] = [:]
    var firings: [String: Int] = [:]
    return alerts.map { received in
      let index = alertRule(for: received.labels, from: received.source)
      let rule = index.map { alertRules[$0] } ?? AlertRule()
      let alert = received.applying(rule, now: now)
      let (outcome, reason) = rule.outcome(alert, Set(open.keys), &firings)
      var group = open[alert.groupKey] ?? OpenGroup(severity: alert.severity)
      let code =
        switch outcome {
        case .opens: group.tell(alert.severity, rule, if: rule.notifies)
        case .joins: group.tell(alert.severity, rule, if: rule.tells(of: alert.severity, after: group.told))
        case .keeps, .resolves: String?.none
        }
      if outcome == .opens || outcome == .joins { open[alert.groupKey] = group }
      return AlertForecast(
        source: alert.source, dedupKey: alert.dedupKey, status: alert.status,
        rule: index.map { rule.name ?? "rules[\($0)]" }, outcome: outcome, reason: reason, severity: alert.severity,
        package: alert.package, title: alert.title, groupKey: alert.groupKey, notifyCode: code,
        assignedTo: outcome == .opens ? rule.assignee : nil, expiresAt: alert.expiresAt)
    }
  }
}

/// The incident that a group has in a forecast.
private struct OpenGroup {
  var severity: Severity
  /// The gravest that people were told of.
  var told: Severity?

  /// The code under which they are told; nil when they are not.
  mutating func tell(_ severity: Severity, _ rule: AlertRule, if tells: Bool) -> String? {
    let isNews = told.map { severity.urgency > $0.urgency } ?? true
    if isNews, severity.urgency > self.severity.urgency { self.severity = severity }
    if tells { told = self.severity }
    return tells ? rule.notifyCode ?? severity.notifyCode : nil
  }
}

extension AlertRule {
  /// - Parameters:
  ///   - open: the groups that have an incident.
  ///   - firings: what has fired in each group so far.
  fileprivate func outcome(
    _ alert: ReceivedAlert, _ open: Set<String>, _ firings: inout [String: Int]
  ) -> (AlertForecast.Outcome, String) {
    guard alert.status == .firing else {
      return (.resolves, closesWhenResolved ? "closes its incident when it is the last" : "its incident stays open")
    }
    if opens == false { return (.keeps, "the rule says open: false") }
    if open.contains(alert.groupKey) { return (.joins, "an alert before it opens the group's incident") }
    guard opens(for: alert.severity) else { return (.keeps, "only HIGH and CRITICAL open an incident") }
    guard let threshold else { return (.opens, opens == true ? "the rule says open: true" : "HIGH and CRITICAL do so") }
    let count = firings[alert.groupKey, default: 0] + 1
    firings[alert.groupKey] = count
    if count >= threshold.count { return (.opens, "its group fired \(threshold)") }
    let place = "firing \(count) of \(threshold.count)"
    return (.keeps, "\(place): opens when its group fires \(threshold)")
  }
}
