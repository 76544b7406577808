import Foundation
import Storage
import Tocsin

/// How reading grows with the number of incidents: milliseconds, median of many runs.
enum Reads {
  static let headings = [
    "fill, s", "one, ms", "newest 50, ms", "filtered 50, ms", "rare word, ms", "word in all, ms",
    "metrics of a month, ms",
    "verify timeline, s",
  ]

  static func run(_ size: Int) async throws {
    try await withFolder { try await run(size, $0 + "/tocsin.db") }
  }

  static func run(_ size: Int, _ place: String) async throws {
    let incidents = try await Incidents.open(place)
    let fill = ContinuousClock.now
    try await self.fill(incidents, size)
    var cells = [(ContinuousClock.now - fill).seconds]
    let last = try await incidents.list().items[0].incidentGuid
    cells.append(try await median { _ = try await incidents.get(last) })
    for filter in filters(size) { cells.append(try await median { _ = try await incidents.list(filter) }) }
    cells.append(
      try await median(runs: 3) {
        _ = try await incidents.metrics()
      })
    let verify = ContinuousClock.now
    _ = try await incidents.verifyTimeline()
    cells.append((ContinuousClock.now - verify).seconds)
    print("| \(size) | " + cells.map { String(format: "%.2f", $0) }.joined(separator: " | ") + " |")
  }

  private static func filters(_ size: Int) -> [IncidentFilter] {
    var filtered = IncidentFilter()
    (filtered.severity, filtered.status, filtered.package) = (.critical, .created, "PKG4")
    var rare = IncidentFilter()
    rare.search = "number\(size / 2)"
    var common = IncidentFilter()
    common.search = "database"
    return [IncidentFilter(), filtered, rare, common]
  }

  private static func median(runs: Int = 15, _ body: @escaping @Sendable () async throws -> Void) async throws -> Double
  {
    var timing = Timing(runs: [], total: 1)
    for _ in 0..<runs {
      let start = ContinuousClock.now
      try await body()
      timing.runs.append((ContinuousClock.now - start).seconds)
    }
    return timing.percentile(0.5)
  }

  /// Incidents a minute apart, with their events, written by the library in groups.
  private static func fill(_ incidents: Incidents, _ size: Int) async throws {
    let severities = Severity.allCases
    for start in stride(from: 0, to: size, by: 500) {
      try await withThrowingDiscardingTaskGroup { group in
        for number in start..<min(start + 500, size) {
          group.addTask {
            try await incidents.create(
              title: "Incident number\(number) of the database pool", severity: severities[number % 4],
              package: "PKG\(number % 20)", description: "Something is wrong with part \(number)",
              assignedTo: "team\(number % 7)")
          }
        }
      }
    }
  }
}
