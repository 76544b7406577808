import Foundation
import Storage

/// What is drawn of the incidents created in a range of days: all their durations, not only what sums them up as
/// ``IncidentMetrics`` does.
public struct IncidentFigures: Sendable, Equatable {
  /// The incidents that were created on a UTC day.
  public struct Day: Sendable, Equatable {
    /// `2026-11-21`
    public let day: String
    public let bySeverity: [Severity: Int]
    public var total: Int { bySeverity.values.reduce(0, +) }
  }

  /// Every day of the range, the first one first. Merged incidents count.
  public let days: [Day]
  /// Every severity and every status is there. Merged incidents count.
  public let bySeverity: [Severity: Int]
  public let byStatus: [Status: Int]
  public let byPackage: [String: Int]
  public let total: Int
  /// How many of them were merged into others: their durations are left out.
  public let merged: Int
  /// From creation to the first move out of CREATED.
  public let toAcknowledge: Durations
  /// From creation to closing, of those that are closed now.
  public let toResolve: Durations
}

extension Incidents {
  /// What is drawn of the incidents created in a range of UTC days.
  ///
  /// - Parameters: as for ``metrics(package:startDate:endDate:)``.
  /// - Throws: the same.
  public func figures(
    package: String? = nil, startDate: String? = nil, endDate: String? = nil
  ) async throws -> IncidentFigures {
    let scope = try MetricsScope(package: package, startDate: startDate, endDate: endDate)
    return try await database.read { try $0.figures(scope) }
  }
}

extension Transaction {
  fileprivate func figures(_ scope: MetricsScope) throws -> IncidentFigures {
    let byDay = try countsByDay(scope)
    let everyDay = try everyDay(byDay.mapValues { $0.values.reduce(0, +) }, scope).keys.sorted()
    let condition = scope.condition
    let merged = try integer(
      "SELECT count(*) FROM data_incident WHERE \(condition.sql) AND MergedIntoGuid IS NOT NULL", condition.values)
    let status = try counts(of: Status.self, "Status", scope)
    let durations = try durations(scope)
    return IncidentFigures(
      days: everyDay.map { IncidentFigures.Day(day: $0, bySeverity: byDay[$0] ?? [:]) },
      bySeverity: byDay.values.reduce(into: Severity.zeros) { $0.merge($1, uniquingKeysWith: +) },
      byStatus: Dictionary(Status.allCases.map { ($0, status[$0.rawValue] ?? 0) }) { $1 },
      byPackage: try counts("Package", scope), total: byDay.values.flatMap(\.values).reduce(0, +), merged: merged,
      toAcknowledge: durations.toAcknowledge, toResolve: durations.toResolve)
  }

  private func countsByDay(_ scope: MetricsScope) throws -> [String: [Severity: Int]] {
    let condition = scope.condition
    let rows = try rows(
      """
      SELECT substr(CreatedAt, 1, 10) AS Day, Severity, count(*) AS Count FROM data_incident WHERE \(condition.sql)
      GROUP BY substr(CreatedAt, 1, 10), Severity
      """, condition.values)
    return try rows.reduce(into: [:]) { days, row in
      days[try row.text("Day"), default: [:]][try Severity(word: row.text("Severity"))] = try row.integer("Count")
    }
  }

  /// Of all that were not merged. One that was closed without a time, as rows made by hand may be, says nothing.
  private func durations(_ scope: MetricsScope) throws -> (toAcknowledge: Durations, toResolve: Durations) {
    let condition = scope.condition
    let rows = try rows(
      """
      SELECT CreatedAt, AcknowledgedAt, ClosedAt, Status FROM data_incident
      WHERE \(condition.sql) AND MergedIntoGuid IS NULL
      """, condition.values)
    var (acknowledge, resolve) = (Durations(), Durations())
    for row in rows {
      let start = try row.time("CreatedAt")
      let (isClosed, age) = (try row.text("Status") == Status.closed.rawValue, max(0, now.timeIntervalSince(start)))
      if let end = try row.optionalTime("AcknowledgedAt") {
        acknowledge.ended.append(max(0, end.timeIntervalSince(start)))
      } else if !isClosed {
        acknowledge.open.append(age)
      }
      if !isClosed {
        resolve.open.append(age)
      } else if let end = try row.optionalTime("ClosedAt") {
        resolve.ended.append(max(0, end.timeIntervalSince(start)))
      }
    }
    return (acknowledge, resolve)
  }
}

extension Severity {
  fileprivate static let zeros = Dictionary(allCases.map { ($0, 0) }) { $1 }
}
