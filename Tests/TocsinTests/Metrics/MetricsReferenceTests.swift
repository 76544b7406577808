import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

/// The same numbers, worked out in another way: by Foundation's calendar and loops over all incidents.
private struct Reference {
  let incidents: [Incident]

  init(_ all: [Incident], package: String?, from start: String, to end: String) {
    incidents = all.filter { incident in
      let day = Self.day(incident.createdAt)
      return day >= start && day <= end && (package == nil || incident.package == package)
    }
  }

  static func day(_ date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    return String(format: "%04d-%02d-%02d", parts.year!, parts.month!, parts.day!)
  }

  func count(_ key: (Incident) -> String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for incident in incidents { counts[key(incident), default: 0] += 1 }
    return counts
  }

  func hoursToClose() -> [Double] {
    incidents.filter { $0.mergedIntoGuid == nil && $0.status == .closed }
      .map { ($0.closedAt!.timeIntervalSince1970 - $0.createdAt.timeIntervalSince1970) / 3600 }.sorted()
  }

  /// By rank: the share of the way from the value below to the value above.
  static func percentile(_ sorted: [Double], _ percent: Int) -> Double? {
    if sorted.isEmpty { return nil }
    let hundredths = percent * (sorted.count - 1)
    let (below, rest) = (hundredths / 100, Double(hundredths % 100) / 100)
    return sorted[below] * (1 - rest) + sorted[min(below + 1, sorted.count - 1)] * rest
  }
}

@Suite("Metrics against a reference")
struct MetricsReferenceTests {
  /// Around a leap day, a year's end, a month's end and a century that has no leap day.
  static let around = ["2028-02-28T20:00:00Z", "2026-12-31T20:00:00Z", "2026-04-30T20:00:00Z", "2100-02-28T20:00:00Z"]

  @Test(
    "Random incidents over day, month, leap-day and year borders count the same", arguments: around,
    [1, 2, 3] as [UInt64])
  func agrees(_ start: String, _ seed: UInt64) async throws {
    try await TestDatabase.runEach(seed: seed) { bench in
      bench.clock.set(try #require(UTC.parseRFC3339(start)))
      try await bench.fillByChance()
      var filter = IncidentFilter()
      filter.limit = 1000
      let all = try await bench.incidents.list(filter).items
      let days = Set(all.map { Reference.day($0.createdAt) }).sorted()
      let (first, last) = (days[days.count / 4], days[days.count * 3 / 4])
      for package in [nil, "WEB"] {
        let reference = Reference(all, package: package, from: first, to: last)
        let metrics = try await bench.incidents.metrics(package: package, startDate: first, endDate: last)
        Self.compare(metrics, reference, "seed \(seed), package \(package ?? "any")")
      }
    }
  }

  private static func compare(_ metrics: IncidentMetrics, _ reference: Reference, _ name: Comment) {
    #expect(metrics.totalIncidents == reference.incidents.count, name)
    #expect(metrics.bySeverity.filter { $0.value > 0 } == reference.count(\.severity.rawValue), name)
    #expect(metrics.byStatus.filter { $0.value > 0 } == reference.count(\.status.rawValue), name)
    #expect(metrics.byPackage == reference.count(\.package), name)
    #expect(metrics.incidentsByDay.filter { $0.value > 0 } == reference.count { Reference.day($0.createdAt) }, name)
    let hours = reference.hoursToClose()
    #expect(metrics.resolutionTimeHours.n == hours.count, name)
    let mean = hours.isEmpty ? nil : hours.reduce(0, +) / Double(hours.count)
    let pairs = [
      (metrics.avgResolutionTimeHours, mean), (metrics.resolutionTimeHours.mean, mean),
      (metrics.resolutionTimeHours.p50, Reference.percentile(hours, 50)),
      (metrics.resolutionTimeHours.p75, Reference.percentile(hours, 75)),
      (metrics.resolutionTimeHours.p90, Reference.percentile(hours, 90)), (metrics.resolutionTimeHours.max, hours.last),
    ]
    for (ours, theirs) in pairs {
      #expect((ours == nil) == (theirs == nil), name)
      #expect(abs((ours ?? 0) - (theirs ?? 0)) < 1e-6, name)
    }
  }
}
