/// What to do with alerts that match: an entry of `rules:` in the configuration. The first rule that matches decides;
/// what it leaves open is decided as without a rule.
public struct AlertRule: Sendable {
  /// All must hold. An empty list matches every alert.
  public var matchers: [LabelMatcher] = []
  /// Replaces the alert's own severity.
  public var severity: Severity?
  /// Replaces the alert's own package, 1 to 100 characters.
  public var package: String?
  /// The notify code under which people are told when an incident opens. By default `INCIDENT_<SEVERITY>`, if there is
  /// such a rule in `def_notify`.
  public var notifyCode: String?
  /// Groups alerts by these labels instead of by the sender's own grouping.
  public var groupBy: [String]?
  /// Whether the alert opens an incident (by default HIGH and CRITICAL do). False keeps it out of incidents altogether.
  public var opens: Bool?
  /// Closes the incident when the last of its alerts resolves.
  public var closesWhenResolved = false

  public init() {}

  func matches(_ labels: [String: String]) -> Bool { matchers.allSatisfy { $0.matches(labels) } }
}

extension Incidents {
  /// The rule for an alert; an empty one, which leaves everything as it is, when none matches.
  func rule(for alert: ReceivedAlert) -> AlertRule { rule(alert.labels) }

  func rule(for alert: Alert) -> AlertRule { rule(alert.labels) }

  private func rule(_ labels: [String: String]) -> AlertRule {
    settings.alertRules.first { $0.matches(labels) } ?? AlertRule()
  }
}

extension ReceivedAlert {
  /// The alert as its rule wants it.
  func applying(_ rule: AlertRule) -> ReceivedAlert {
    var alert = self
    alert.severity = rule.severity ?? severity
    alert.package = rule.package ?? package
    if let groupBy = rule.groupBy {
      let labels = groupBy.map { "\($0)=\"\(alert.labels[$0, default: ""])\"" }
      alert.groupKey = "rule:{\(labels.joined(separator: ","))}".keyFitting255
    }
    return alert
  }
}
