import Foundation
import Tocsin

/// Durable writes through the library: a group's commit lets many share one sync to disk.
enum Writes {
  /// - Parameter withDatabase: hands a new database to what it is given.
  static func run(
    _ baseline: Timing, _ withDatabase: ((String) async throws -> Void) async throws -> Void = withFile
  ) async throws {
    for concurrency in [1, 32, 128] {
      try await withDatabase { place in
        let incidents = try await Incidents.open(place)
        let timing = try await Timing.measure(concurrency: concurrency, seconds: 3) {
          try await incidents.create(
            title: "Database connection pool exhausted", severity: .critical, package: "DATABASE",
            description: String(repeating: "x", count: 200))
        }
        timing.printRow("create an incident, with its event", concurrency: concurrency, baseline: baseline)
      }
    }
    for concurrency in [1, 32, 128] {
      try await withDatabase { place in
        let incidents = try await Incidents.open(place)
        let timing = try await Timing.measure(concurrency: concurrency, seconds: 3) {
          let alerts = try Alertmanager.alerts(in: payload())
          try await incidents.receive(alerts)
        }
        timing.printRow("take in a new alert that opens an incident", concurrency: concurrency, baseline: baseline)
      }
    }
  }

  private static func withFile(_ body: (String) async throws -> Void) async throws {
    try await withFolder { try await body($0 + "/tocsin.db") }
  }

  private static func payload() -> Data {
    let name = UUID().uuidString
    return Data(
      """
      {"version": "4", "groupKey": "{}:{alertname=\\"\(name)\\"}", "alerts": [{"status": "firing",
       "labels": {"alertname": "\(name)", "severity": "critical", "service": "DATABASE", "instance": "db1:9100"},
       "annotations": {"summary": "Disk full on db1", "description": "Less than 1 % left"},
       "startsAt": "2026-11-21T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "\(name)"}]}
      """.utf8)
  }
}
