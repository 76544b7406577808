import Foundation
import Storage

/// How things stand in the database at one moment: for gauges.
public struct Standing: Sendable, Equatable {
  public struct OpenIncidents: Sendable, Equatable {
    public let severity: Severity
    public let status: Status
    public let count: Int
  }

  /// One for every severity and every status but CLOSED, zeros too.
  public let openIncidents: [OpenIncidents]
  /// Messages that wait, by channel: the configured ones, zeros too, and any other that has some.
  public let waiting: [String: Int]
  /// Seconds that the oldest of them has waited; 0 when none does.
  public let oldestWait: Double
  /// Destinations that are known to be down, by channel, zeros too.
  public let down: [String: Int]
}

extension Incidents {
  /// Reads it in one go, by indexes: its cost is that of open incidents and waiting messages.
  public func standing() async throws -> Standing {
    let configured = Array(channels.keys)
    return try await database.read { transaction in
      let oldest = try transaction.row("SELECT min(QueuedAt) AS Oldest FROM tocsin_queue")?.optionalTime("Oldest")
      return Standing(
        openIncidents: try transaction.openIncidents(),
        waiting: try transaction.countByChannel(
          "SELECT Channel, count(*) AS Number FROM tocsin_queue GROUP BY Channel", [], configured),
        oldestWait: oldest.map { max(transaction.now.timeIntervalSince($0), 0) } ?? 0,
        down: try transaction.countByChannel(
          """
          SELECT Channel, count(*) AS Number FROM tocsin_destination WHERE Failures >= ? AND PausedUntil IS NOT NULL
          GROUP BY Channel
          """, [.integer(Destination.patience)], configured))
    }
  }
}

extension Transaction {
  fileprivate func openIncidents() throws -> [Standing.OpenIncidents] {
    let open = Status.allCases.filter { $0 != .closed }
    let list = open.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    var counts: [String: Int] = [:]
    for row in try rows(
      """
      SELECT Status, Severity, count(*) AS Number FROM data_incident WHERE Status IN (\(list)) GROUP BY Status, Severity
      """)
    { counts["\(try row.text("Status")) \(try row.text("Severity"))"] = try row.integer("Number") }
    return Severity.allCases.flatMap { severity in
      open.map { status in
        Standing.OpenIncidents(
          severity: severity, status: status, count: counts["\(status.rawValue) \(severity.rawValue)"] ?? 0)
      }
    }
  }

  fileprivate func countByChannel(_ sql: String, _ values: [SQLValue], _ channels: [String]) throws -> [String: Int] {
    var counts = Dictionary(uniqueKeysWithValues: channels.map { ($0, 0) })
    for row in try rows(sql, values) { counts[try row.text("Channel")] = try row.integer("Number") }
    return counts
  }
}
