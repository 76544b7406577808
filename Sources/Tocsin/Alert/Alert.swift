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
    labels = (try JSONValue.object(row.text("Labels")) ?? [:]).compactMapValues(\.string)
    groupKey = try row.text("GroupKey")
    url = try row.optionalText("Url")
    startsAt = try row.time("StartsAt")
    endsAt = try row.optionalTime("EndsAt")
    firstSeenAt = try row.time("FirstSeenAt")
    lastSeenAt = try row.time("LastSeenAt")
    count = try row.integer("Count")
  }
}

extension Incidents {
  /// The alerts received, the newest first: an alert keeps the place of its first arrival when it comes again.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func alerts(page: PageRequest = PageRequest()) async throws -> Page<Alert> {
    try await database.read { try $0.page(.alerts, page, Alert.init) }
  }
}

extension PagedList {
  /// By guid: it begins with the time of the first arrival.
  static let alerts = PagedList(
    name: "alerts", select: "SELECT * FROM data_alert", order: [.text("AlertGuid")], isDescending: true)
}
