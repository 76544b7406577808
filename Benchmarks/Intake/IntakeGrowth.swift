import Foundation
import Tocsin

/// How taking in grows with the alerts that are known already: in one process, 32 deliveries of one alert under way.
enum IntakeGrowth {
  static func run(_ largest: Int) async throws {
    try await withFolder { try await run(largest, $0 + "/tocsin.db") }
  }

  static func run(_ largest: Int, _ place: String) async throws {
    print("\n| alerts known | fill, s | new/s | repeated/s | newest 50, ms | newest 50 that are critical, ms |")
    print("|---|---|---|---|---|---|")
    let incidents = try await Incidents.open(place)
    var known = 0
    for size in [10_000, 100_000, 1_000_000] where size <= largest {
      let fill = ContinuousClock.now
      while known < size {
        let some = (known..<min(known + 1000, size)).map { alert("host\($0)") }
        try await incidents.receive(some)
        known += some.count
      }
      try await row(incidents, size, (ContinuousClock.now - fill).seconds)
    }
  }

  private static func row(_ incidents: Incidents, _ size: Int, _ fill: Double) async throws {
    let new = try await Timing.measure(concurrency: 32, seconds: 3) {
      try await incidents.receive([alert("\(UUID())")])
    }
    let repeated = try await Timing.measure(concurrency: 32, seconds: 3) {
      try await incidents.receive([alert("host\(Int.random(in: 0..<size))")])
    }
    let page = try await median { _ = try await incidents.alerts() }
    var rare = AlertFilter()
    rare.severity = .critical
    let critical = try await median { [rare] in _ = try await incidents.alerts(rare) }
    let times = [page, critical].map { String(format: "%.2f", $0 * 1000) }
    print(
      "| \(size) | \(String(format: "%.1f", fill)) | \(Int(new.perSecond)) | \(Int(repeated.perSecond)) | "
        + times.joined(separator: " | ") + " |")
  }

  private static func median(_ body: () async throws -> Void) async throws -> Double {
    var runs: [Double] = []
    for _ in 0..<7 {
      let start = ContinuousClock.now
      try await body()
      runs.append((ContinuousClock.now - start).seconds)
    }
    return runs.sorted()[3]
  }

  /// One that fires and opens nothing.
  static func alert(_ instance: String) -> ReceivedAlert {
    ReceivedAlert(
      source: Alertmanager.name, dedupKey: instance, status: .firing, severity: .medium, package: "DATABASE",
      title: "Disk full on \(instance)", description: "Less than 1 % left",
      labels: ["alertname": "DiskFull", "instance": instance, "service": "DATABASE", "severity": "warning"],
      groupKey: "DiskFull", startsAt: Date(timeIntervalSince1970: 1_795_000_000))
  }
}
