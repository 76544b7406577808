import Channels
import Foundation
import Logging
import Storage
import Tocsin

/// What the benchmarks of delivery share.
enum Delivery {
  /// Incidents that tell `rule` of every CRITICAL alert.
  static func incidents(_ folder: String, _ rule: String, _ more: [any Tocsin.Channel] = []) async throws -> Incidents {
    let webhook = try Webhook(settings: ["internal_hosts": "127.0.0.0/8"])
    let incidents = try await Incidents.open(folder + "/tocsin.db", channels: [webhook] + more)
    try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: rule)
    return incidents
  }

  /// Takes in an alert that opens an incident, which is told to everybody in the rule.
  static func alert(_ incidents: Incidents, _ name: String = UUID().uuidString) async throws {
    let payload = """
      {"version": "4", "groupKey": "{}:{alertname=\\"\(name)\\"}", "alerts": [{"status": "firing",
       "labels": {"alertname": "\(name)", "severity": "critical", "service": "DATABASE", "instance": "db1:9100"},
       "annotations": {"summary": "\(name)", "description": "Less than 1 % left"},
       "startsAt": "2026-11-21T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "\(name)"}]}
      """
    try await incidents.receive(Alertmanager.alerts(in: Data(payload.utf8)))
  }

  /// Runs a dispatcher while `body` does.
  static func dispatching<T>(_ incidents: Incidents, _ body: () async throws -> T) async throws -> T {
    let dispatcher = Task { await Dispatcher(incidents).run() }
    do {
      let result = try await body()
      dispatcher.cancel()
      await dispatcher.value
      return result
    } catch {
      dispatcher.cancel()
      throw error
    }
  }

  static func count(_ incidents: Incidents, _ sql: String) async throws -> Int {
    try await incidents.database.read { try $0.integer(sql) }
  }
}

/// What the process uses.
enum Usage {
  /// MiB of memory that are resident (proc(5), statm).
  static var memory: Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? ((Int(fields[1]) ?? 0) * Int(getpagesize())) >> 20 : 0
  }

  /// Seconds of processor time so far.
  static var processor: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}

extension Timing {
  /// One row of a table of latencies.
  ///
  /// - Parameter baseline: whose median is 1.
  func printTimes(_ what: String, baseline: Timing) {
    let times = [0.5, 0.99, 1].map { String(format: "%.2f", percentile($0)) }
    let ratio = String(format: "%.2f", percentile(0.5) / baseline.percentile(0.5))
    print("| \(what) | \(runs.count) | \(times.joined(separator: " | ")) | \(ratio) |")
  }
}
