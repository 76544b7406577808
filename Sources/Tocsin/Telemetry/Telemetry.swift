import Storage

/// Everything that is counted and measured while it happens. What stands in the database is not: see ``Standing``.
public enum Telemetry {
  public static let alerts = Series(
    "tocsin_alerts_received_total", .counter,
    "Alerts taken in, by what came of them: opened an incident, joined one, kept, silenced, repeated or resolved.")
  public static let intake = Series(
    "tocsin_intake_duration_seconds", .histogram(answer),
    "Time from a delivery of alerts that could be read to the commit that keeps it.")
  public static let incidents = Series(
    "tocsin_incidents_opened_total", .counter, "Incidents opened, by people and by alerts.")
  public static let messages = Series(
    "tocsin_messages_total", .counter,
    "What became of messages: sent, failed for good, retried later, or delivered by the vendor's report.")
  public static let attempts = Series(
    "tocsin_delivery_attempt_duration_seconds", .histogram(attempt), "Time that a vendor took for one attempt to send.")
  public static let delay = Series(
    "tocsin_delivery_delay_seconds", .histogram(wait),
    "Time from putting a message in line to the vendor's acceptance.")
  public static let requests = Series(
    "tocsin_http_requests_total", .counter, "HTTP requests, by route, method and status.")
  public static let requestDuration = Series(
    "tocsin_http_request_duration_seconds", .histogram(answer), "Time from a request's head to its answer.")
  public static let requestsInFlight = Series(
    "tocsin_http_requests_in_flight", .gauge, "HTTP requests that are being answered.")
  public static let eventReaders = Series("tocsin_event_readers", .gauge, "Readers of live events.")

  public static let all = [
    alerts, intake, incidents, messages, attempts, delay, requests, requestDuration, requestsInFlight, eventReaders,
    Series(
      CommitMetrics.duration, .histogram(answer), "Time of a commit, the wait for other processes included."),
    Series(CommitMetrics.writes, .histogram([1, 2, 5, 10, 20, 50, 100, 200, 512]), "Writes that shared a commit."),
    Series(
      CommitMetrics.retries, .counter,
      "Transactions run again: others were in the way (conflict), or the database went away (connection)."),
    Series(
      CommitMetrics.doubts, .counter,
      "Commits whose answer was lost: found to be kept, found to be undone and run again, or unknown."),
  ]

  private static let answer = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  private static let attempt = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
  private static let wait = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400]
}

extension Telemetry {
  /// What came of an alert.
  enum AlertOutcome: String, CaseIterable {
    case opened, joined, kept, repeated, resolved, silenced
  }

  /// What became of a message.
  enum MessageOutcome: String, CaseIterable {
    case sent, failed, retried, delivered
  }

  static func count(_ outcome: AlertOutcome, from source: String) {
    alerts.count(1, labels(outcome, source))
  }

  static func count(_ outcome: MessageOutcome, on channel: String) {
    messages.count(1, labels(outcome, channel))
  }

  static func channel(_ name: String) -> (String, String) {
    // A rule written by hand may name anything.
    ("channel", NotifyRule.channelNames.contains(name) ? name : "other")
  }

  static func source(_ name: String) -> (String, String) {
    // A mapping's name follows a slash.
    let name = String(name.prefix { $0 != "/" })
    return ("source", AlertSources.names.contains(name) ? name : "other")
  }

  private static func labels(_ outcome: AlertOutcome, _ source: String) -> [(String, String)] {
    [Self.source(source), ("outcome", outcome.rawValue)]
  }

  private static func labels(_ outcome: MessageOutcome, _ channel: String) -> [(String, String)] {
    [Self.channel(channel), ("outcome", outcome.rawValue)]
  }

  /// Makes every series that can be named beforehand: a rate needs a zero to rise from.
  public static func prepare(_ incidents: Incidents) {
    for source in AlertSources.names {
      for outcome in AlertOutcome.allCases { alerts.count(0, labels(outcome, source)) }
    }
    for channel in incidents.channels.keys {
      for outcome in MessageOutcome.allCases { messages.count(0, labels(outcome, channel)) }
    }
    for severity in Severity.allCases { self.incidents.count(0, [("severity", severity.rawValue)]) }
    if incidents.database.dialect == .mariadb { CommitMetrics.prepare() }
    requestsInFlight.move(by: 0)
    eventReaders.move(by: 0)
  }
}
