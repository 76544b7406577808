import Foundation
import Storage

/// How sending goes: what an operator looks at first.
public struct DeliveryHealth: Sendable, Equatable {
  /// A destination that took nothing lately, or asked for patience.
  public struct Trouble: Sendable, Equatable {
    public let channel: String
    /// A host, an account or a room; empty when the channel has one for all.
    public let destination: String
    /// Failures in a row.
    public let failures: Int
    /// Since when it fails; nil when it only asked for patience.
    public let failingSince: Date?
    /// When it is tried next.
    public let pausedUntil: Date?
  }

  /// Messages that are still to be sent.
  public let waiting: Int
  /// When the oldest of them was put in line.
  public let oldest: Date?
  /// Messages of the last day that were given up.
  public let failed: Int
  public let troubles: [Trouble]
}

extension Incidents {
  public func deliveryHealth() async throws -> DeliveryHealth {
    try await database.read { transaction in
      let queue = try transaction.row("SELECT count(*) AS Waiting, min(QueuedAt) AS Oldest FROM tocsin_queue")
      let failed = try transaction.integer(
        """
        SELECT count(*) FROM data_incident_communication
        WHERE Status = 'FAILED' AND Direction = 'OUTBOUND' AND Timestamp > ?
        """, [.time(transaction.now.addingTimeInterval(-86_400))])
      return DeliveryHealth(
        waiting: try queue?.integer("Waiting") ?? 0, oldest: try queue?.optionalTime("Oldest"), failed: failed,
        troubles: try transaction.troubles())
    }
  }
}

extension Transaction {
  fileprivate func troubles() throws -> [DeliveryHealth.Trouble] {
    try rows(
      """
      SELECT Channel, Destination FROM tocsin_destination WHERE Failures >= ? OR PausedUntil > ? OR ToldUntil > ?
      ORDER BY Channel, Destination
      """, [.integer(Destination.patience), .time(now), .time(now.addingTimeInterval(10))]
    ).map { row in
      let destination = try destination(row.text("Channel"), row.text("Destination"))
      return DeliveryHealth.Trouble(
        channel: destination.channel, destination: destination.name, failures: destination.failures,
        failingSince: destination.failingSince, pausedUntil: destination.opensAt)
    }
  }
}
