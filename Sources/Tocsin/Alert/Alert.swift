import Foundation
import Storage

public enum AlertStatus: String, Word {
  case firing = "FIRING"
  case resolved = "RESOLVED"

  public static let field = "status"
}

/// What a monitoring system told us: a row of `data_alert`. The same alert again only counts up.
public struct Alert: Sendable, Equatable, Codable {
  public let alertGuid: String
  /// The dialect it came in: `alertmanager`.
  public let source: String
  /// The sender's own key: the same key from the same source is the same alert.
  public let dedupKey: String
  public var status: AlertStatus
  public var severity: Severity
  public var package: String
  public var title: String
  @OrNull public var description: String?
  public var labels: [String: String]
  /// Alerts of one group share an incident.
  public var groupKey: String
  /// Where the sender shows it.
  @OrNull public var url: String?
  public var startsAt: Date
  @OrNull public var endsAt: Date?
  public let firstSeenAt: Date
  public let lastSeenAt: Date
  /// How often it was received.
  public let count: Int
  /// When somebody took it on; null when nobody has, or they gave it back.
  @OrNull public var acknowledgedAt: Date?
  @OrNull public var acknowledgedBy: String?
  /// When it counts as given back, unless it is over by then; null for never.
  @OrNull public var acknowledgedUntil: Date?
  /// The silence that holds it back, or held it back when it fired last.
  @OrNull public var silencedBy: String?
  /// When that silence lets it out, as far as it is known; null when none holds it any longer.
  @OrNull public var silencedUntil: Date?
  /// Since when it comes and goes too often to be told of each time.
  @OrNull public var flappingSince: Date?
  /// When it has been quiet for long enough again.
  @OrNull public var flappingUntil: Date?
  /// When it counts as resolved unless it comes again. It stays when that has happened, until the sender is heard of again.
  @OrNull public var expiresAt: Date?
}

extension Alert {
  init(_ row: Row) throws {
    alertGuid = try row.text("AlertGuid")
    source = try row.text("Source")
    dedupKey = try row.text("DedupKey")
    status = try AlertStatus(word: row.text("Status"))
    severity = try Severity(word: row.text("Severity"))
    package = try row.text("Package")
    title = try row.text("Title")
    description = try row.optionalText("Description")
    labels = (try JSONValue.object(row.text("Labels")) ?? [:]).mapValues(\.asText)
    groupKey = try row.text("GroupKey")
    url = try row.optionalText("Url")
    startsAt = try row.time("StartsAt")
    endsAt = try row.optionalTime("EndsAt")
    firstSeenAt = try row.time("FirstSeenAt")
    lastSeenAt = try row.time("LastSeenAt")
    count = try row.integer("Count")
    acknowledgedAt = try row.optionalTime("AcknowledgedAt")
    acknowledgedBy = try row.optionalText("AcknowledgedBy")
    acknowledgedUntil = try row.optionalTime("AcknowledgedUntil")
    silencedBy = try row.optionalText("SilencedBy")
    silencedUntil = try row.optionalTime("SilencedUntil")
    flappingSince = try row.optionalTime("FlappingSince")
    flappingUntil = try row.optionalTime("FlappingUntil")
    expiresAt = try row.optionalTime("ExpiresAt")
  }
}

extension Alert {
  /// An alert that was never heard of.
  init(_ received: ReceivedAlert, guid: String, now: Date) {
    alertGuid = guid
    source = received.source
    dedupKey = received.dedupKey
    status = received.status
    severity = received.severity
    package = received.package
    title = received.title
    description = received.description
    labels = received.labels
    groupKey = received.groupKey
    url = received.url
    startsAt = received.startsAt ?? received.endsAt ?? now
    endsAt = received.status == .resolved ? received.endsAt ?? now : nil
    firstSeenAt = now
    lastSeenAt = now
    count = 1
    expiresAt = received.expiresAt
  }

  /// The next moment at which time alone changes something about it.
  var checkAt: Date? {
    let whileFiring = status == .firing ? [expiresAt, acknowledgedUntil, silencedUntil] : []
    return (whileFiring + [flappingUntil]).compactMap { $0 }.min()
  }
}

extension PagedList {
  /// By guid: it begins with the time of the first arrival.
  static let alerts = PagedList(
    name: "alerts", select: "SELECT * FROM data_alert", order: [.text("AlertGuid")], isDescending: true)
}
