import Foundation
import Storage

/// Counts and durations of the incidents created in a range of days.
public struct IncidentMetrics: Sendable, Equatable, Codable {
  /// All incidents in the range, merged ones too.
  public let totalIncidents: Int
  /// By severity; every severity is there.
  public let bySeverity: [String: Int]
  /// By the status they have now; every status is there.
  public let byStatus: [String: Int]
  /// By package; those with incidents.
  public let byPackage: [String: Int]
  /// Mean hours from creation to closing of those closed now; nil when none is. Merged ones do not count.
  @OrNull public var avgResolutionTimeHours: Double?
  /// By UTC day of creation, `YYYY-MM-DD`; every day of the range is there.
  public let incidentsByDay: [String: Int]
  /// Hours from creation to closing of those closed now. Merged ones do not count.
  public let resolutionTimeHours: Distribution
  /// Minutes from creation to the first move out of CREATED. Merged ones do not count.
  public let acknowledgeTimeMinutes: Distribution
}

extension Incidents {
  /// Counts and durations of the incidents created in a range of UTC days.
  ///
  /// - Parameters:
  ///   - package: only this package's incidents.
  ///   - startDate: the first day, `YYYY-MM-DD`; nil for the day of the first incident.
  ///   - endDate: the last day, which counts in full; nil for today.
  /// - Throws: ``Failure`` with code `invalid` for a day that the calendar does not have, an end before the start, or
  ///   more than 100 years of days.
  public func metrics(
    package: String? = nil, startDate: String? = nil, endDate: String? = nil
  ) async throws -> IncidentMetrics {
    let scope = try MetricsScope(package: package, startDate: startDate, endDate: endDate)
    return try await database.read { try $0.metrics(scope) }
  }
}

private func day(_ text: String?, _ field: String) throws -> Date? {
  guard let text, !text.isEmpty else { return nil }
  guard let day = UTC.parseDay(text) else {
    throw Failure.invalid(field, "\"\(printable(text))\" is not a day such as 2026-11-21")
  }
  return day
}

private let secondsPerDay = 86_400.0
private let mostDays = 36_525.0

private func refuse(start: Date, end: Date) throws {
  if end < start { throw Failure.invalid("start_date", "\(UTC.day(start)) is after end_date \(UTC.day(end))") }
  if end.timeIntervalSince(start) / secondsPerDay >= mostDays {
    throw Failure.invalid(
      "start_date", "\(UTC.day(start)) is more than 100 years before \(UTC.day(end)); name a later one")
  }
}

/// Which incidents are counted.
struct MetricsScope: Sendable {
  let package: String?
  let start: Date?
  let end: Date?

  /// - Throws: ``Failure`` with code `invalid`.
  init(package: String?, startDate: String?, endDate: String?) throws {
    self.package = try Text.optionalLine(package, "package", 100)
    (start, end) = (try day(startDate, "start_date"), try day(endDate, "end_date"))
    if let start, let end { try refuse(start: start, end: end) }
  }

  var condition: (sql: String, values: [SQLValue]) {
    var parts: [(String, [SQLValue])] = []
    if let package { parts.append(("Package = ?", [.text(package)])) }
    if let start { parts.append(("CreatedAt >= ?", [.time(start)])) }
    if let end { parts.append(("CreatedAt < ?", [.time(end + secondsPerDay)])) }
    return ((["1 = 1"] + parts.map(\.0)).joined(separator: " AND "), parts.flatMap(\.1))
  }
}

extension Transaction {
  fileprivate func metrics(_ scope: MetricsScope) throws -> IncidentMetrics {
    let resolved = Distribution(try durations("ClosedAt", "Status = 'CLOSED'", scope).map { $0 / 3600 })
    let byDay = try counts("substr(CreatedAt, 1, 10)", scope)
    return IncidentMetrics(
      totalIncidents: byDay.values.reduce(0, +), bySeverity: try counts(of: Severity.self, "Severity", scope),
      byStatus: try counts(of: Status.self, "Status", scope), byPackage: try counts("Package", scope),
      avgResolutionTimeHours: resolved.mean, incidentsByDay: try everyDay(byDay, scope), resolutionTimeHours: resolved,
      acknowledgeTimeMinutes: Distribution(try durations("AcknowledgedAt", "1 = 1", scope).map { $0 / 60 }))
  }

  func counts(_ expression: String, _ scope: MetricsScope) throws -> [String: Int] {
    let condition = scope.condition
    let rows = try rows(
      "SELECT \(expression) AS Name, count(*) AS Count FROM data_incident WHERE \(condition.sql) GROUP BY \(expression)",
      condition.values)
    // Two packages may differ in bytes only (é as one character or as two), which is one key here.
    return Dictionary(try rows.map { (try $0.text("Name"), try $0.integer("Count")) }, uniquingKeysWith: +)
  }

  func counts<W: Word>(of: W.Type, _ column: String, _ scope: MetricsScope) throws -> [String: Int] {
    let zeros = Dictionary(W.allCases.map { ($0.rawValue, 0) }, uniquingKeysWith: +)
    return zeros.merging(try counts(column, scope), uniquingKeysWith: +)
  }

  /// Seconds from creation to the moment in `column`.
  private func durations(_ column: String, _ which: String, _ scope: MetricsScope) throws -> [Double] {
    let condition = scope.condition
    let rows = try rows(
      """
      SELECT CreatedAt, \(column) AS Moment FROM data_incident
      WHERE \(condition.sql) AND \(which) AND \(column) IS NOT NULL AND MergedIntoGuid IS NULL
      """, condition.values)
    return try rows.map { max(0, try $0.time("Moment").timeIntervalSince($0.time("CreatedAt"))) }
  }

  func everyDay(_ counts: [String: Int], _ scope: MetricsScope) throws -> [String: Int] {
    let found = counts.keys.compactMap(UTC.parseDay)
    guard let start = scope.start ?? found.min() else { return counts }
    let today = UTC.parseDay(UTC.day(now)) ?? now
    let end = scope.end ?? max(today, found.max() ?? today, start)
    try refuse(start: start, end: end)
    let days = stride(from: start.timeIntervalSince1970, through: end.timeIntervalSince1970, by: secondsPerDay)
    let zeros = days.map { (UTC.day(Date(timeIntervalSince1970: $0)), 0) }
    return Dictionary(zeros, uniquingKeysWith: +).merging(counts, uniquingKeysWith: +)
  }
}
