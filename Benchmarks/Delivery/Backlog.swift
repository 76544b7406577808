import Foundation
import Storage
import Tocsin

/// Messages to one destination while many wait for another one on the same channel, which is down.
enum Backlog {
  private static let flowing = 2000

  static func run(_ largest: Int) async throws {
    print(
      "\n| waiting for another destination | posting it, per second | sending, per second | alert in, p50 ms "
        + "| p99 ms | processor at rest, % |")
    print("|---|---|---|---|---|---|")
    for size in [0, 10_000, 100_000, 1_000_000] where size <= largest { try await run(size: size) }
  }

  private static func run(size: Int) async throws {
    try await withFolder { folder in
      let (down, up) = (try await Receiver(), try await Receiver())
      let incidents = try await Delivery.incidents(folder, targets(down))
      let fill = try await fill(incidents, size)
      try await pause(incidents, down)
      try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: targets(up))
      for _ in 0..<flowing / 100 { try await Delivery.alert(incidents) }
      let start = ContinuousClock.now
      var cells = try await Delivery.dispatching(incidents) {
        try await eventually(600) { up.log.requests >= flowing }
        let rate = Double(flowing) / (ContinuousClock.now - start).seconds
        try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: "WEBHOOK:\(up.url)")
        let latency = try await latency(incidents, up)
        let used = Usage.processor
        try await Task.sleep(for: .seconds(5))
        return ["\(Int(rate))"] + [0.5, 0.99].map { String(format: "%.2f", latency.percentile($0)) }
          + [String(format: "%.1f", (Usage.processor - used) / 5 * 100)]
      }
      cells.insert("\(Int(fill))", at: 0)
      print("| \(size) | \(cells.joined(separator: " | ")) |")
      guard down.log.requests == 0 else { throw BenchmarkFault("what is down was tried") }
      for receiver in [down, up] { try await receiver.close() }
    }
  }

  private static func targets(_ receiver: Receiver) -> String {
    (0..<100).map { "WEBHOOK:\(receiver.url)/\($0)" }.joined(separator: ",")
  }

  /// The first 10,000 by the library; the rest are copies of them, to save time.
  ///
  /// - Returns: messages that the library posted in a second.
  private static func fill(_ incidents: Incidents, _ size: Int) async throws -> Double {
    let start = ContinuousClock.now
    for _ in 0..<min(size, 10_000) / 100 { try await Delivery.alert(incidents) }
    let rate = Double(min(size, 10_000)) / (ContinuousClock.now - start).seconds
    for number in 1..<max(size / 10_000, 1) {
      try await incidents.database.write { try copy($0, number) }
    }
    return rate
  }

  private static func copy(_ transaction: any Transaction, _ number: Int) throws {
    let guid = "'\(number)' || substr(CommunicationGuid, 1, 36)"
    let original = "CommunicationGuid IN (SELECT CommunicationGuid FROM tocsin_delivery WHERE Id <= 10000)"
    try transaction.execute(
      """
      INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Direction, Status,
        Message, Recipient, Timestamp, Metadata)
      SELECT \(guid), IncidentGuid, substr(ShortRef, 5) || '-\(number)', Channel, Direction, Status, Message, Recipient,
        Timestamp, Metadata FROM data_incident_communication WHERE \(original)
      """)
    try transaction.execute(
      """
      INSERT INTO tocsin_delivery (CommunicationGuid, IncidentGuid, Kind, Channel, Target, TargetKey, Destination, Follows,
        Subject, CreatedAt)
      SELECT \(guid), IncidentGuid, Kind, Channel, Target, TargetKey || '\(number)', Destination, Follows, Subject, CreatedAt
      FROM tocsin_delivery WHERE \(original)
      """)
    try transaction.execute(
      """
      INSERT INTO tocsin_queue (CommunicationGuid, IncidentGuid, Channel, TargetKey, Destination, Priority, QueuedAt, NextAt)
      SELECT \(guid), IncidentGuid, Channel, TargetKey || '\(number)', Destination, Priority, QueuedAt, NextAt
      FROM tocsin_queue WHERE \(original)
      """)
  }

  private static func pause(_ incidents: Incidents, _ receiver: Receiver) async throws {
    let destination = "http://127.0.0.1:\(receiver.port)"
    _ = try await incidents.database.write { transaction in
      try transaction.execute(
        "INSERT INTO tocsin_destination (Channel, Destination, PausedUntil, Failures) VALUES ('WEBHOOK', ?, ?, 9)",
        [.text(destination), .time(transaction.now.addingTimeInterval(86_400))])
    }
  }

  private static func latency(_ incidents: Incidents, _ receiver: Receiver) async throws -> Timing {
    var runs: [Double] = []
    for _ in 0..<100 {
      let before = receiver.log.requests
      let start = ContinuousClock.now
      try await Delivery.alert(incidents)
      try await eventually(60) { receiver.log.requests > before }
      runs.append((receiver.log.lastAt - start).seconds)
      try await Task.sleep(for: .milliseconds(5))
    }
    return Timing(runs: runs, total: runs.reduce(0, +))
  }
}
