import Foundation

/// What to do with alerts that match: an entry of `rules:` in the configuration. The first rule that matches decides;
/// what it leaves open is decided as without a rule.
public struct AlertRule: Sendable {
  /// A label that every alert has for matchers and for `groupBy` only: the source it came from. Senders' own labels never
  /// begin and end like this (Prometheus keeps `__` for itself).
  public static let sourceLabel = "__source__"

  /// For people.
  public var name: String?
  /// All must hold. An empty list matches every alert.
  public var matchers: [LabelMatcher] = []
  /// Replaces the alert's own title.
  public var title: AlertTitle?
  /// Replaces the alert's own severity.
  public var severity: Severity?
  /// Replaces the alert's own package, 1 to 100 characters.
  public var package: String?
  /// The notify code under which people are told when an incident opens. By default `INCIDENT_<SEVERITY>`, if there is
  /// such a rule in `def_notify`.
  public var notifyCode: String?
  /// Whether anybody is told at all.
  public var notifies = true
  /// Whom a new incident is assigned to, 1 to 255 characters.
  public var assignee: String?
  /// Groups alerts by these labels instead of by the sender's own grouping.
  public var groupBy: [String]?
  /// Whether the alert opens an incident (by default HIGH and CRITICAL do). False keeps it out of incidents altogether.
  public var opens: Bool?
  /// Opens only when so many alerts of a group fired.
  public var threshold: Frequency?
  /// Seconds after which an alert that is not repeated counts as resolved; nil leaves that to its sender.
  public var expiresAfter: Double?
  /// An alert that begins to fire so often is flapping: its coming and going is not told each time.
  public var flap: Frequency?
  /// Closes the incident when the last of its alerts resolves.
  public var closesWhenResolved = false

  public init() {}

  func matches(_ labels: [String: String]) -> Bool { matchers.allSatisfy { $0.matches(labels) } }

  /// Whether an alert of this severity may open an incident.
  func opens(for severity: Severity) -> Bool { opens ?? (severity.urgency >= Severity.high.urgency) }
}

extension Incidents.Settings {
  /// The place of the rule for an alert in ``alertRules``; nil when none matches.
  func alertRule(for labels: [String: String], from source: String) -> Int? {
    if alertRules.isEmpty { return nil }
    var labels = labels
    labels[AlertRule.sourceLabel] = source
    return alertRules.firstIndex { $0.matches(labels) }
  }
}

extension Incidents {
  /// The rule for an alert; an empty one, which leaves everything as it is, when none matches.
  func rule(for alert: ReceivedAlert) -> AlertRule { rule(alert.labels, alert.source) }

  func rule(for alert: Alert) -> AlertRule { rule(alert.labels, alert.source) }

  private func rule(_ labels: [String: String], _ source: String) -> AlertRule {
    settings.alertRule(for: labels, from: source).map { settings.alertRules[$0] } ?? AlertRule()
  }
}

extension ReceivedAlert {
  /// The alert as its rule wants it.
  func applying(_ rule: AlertRule, now: Date) -> ReceivedAlert {
    var alert = self
    alert.severity = rule.severity ?? severity
    alert.package = rule.package ?? package
    if let title = rule.title { alert.title = title.render(alert) }
    // A heartbeat that is missed is said once.
    if let seconds = rule.expiresAfter, status == .firing, source != Heartbeat.source {
      alert.expiresAt = now.addingTimeInterval(seconds)
    }
    if let groupBy = rule.groupBy {
      let labels = groupBy.map { "\($0)=\"\($0 == AlertRule.sourceLabel ? source : alert.labels[$0, default: ""])\"" }
      alert.groupKey = "rule:{\(labels.joined(separator: ","))}".keyFitting255
    }
    return alert
  }
}
