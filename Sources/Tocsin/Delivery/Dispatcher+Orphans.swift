import Foundation
import Logging
import Storage

/// Messages in the outbox for a channel that this process is not configured for. Another one may be, so they are left alone
/// for as long as any message is tried; but never in silence.
extension Dispatcher {
  /// Seconds between looks.
  private static let pause = 600.0

  /// Looks now and then until the task is cancelled.
  func lookForOrphans() async {
    while !Task.isCancelled {
      do {
        let left = try await giveUpOrphans()
        if left > 0 {
          logger.warning(
            "messages wait for a channel that is not configured here", metadata: ["messages": "\(left)"])
        }
      } catch {
        report(error)
      }
      try? await Task.sleep(for: .seconds(Self.pause))
    }
  }

  /// Gives up those that have waited longer than any message is tried, and returns how many still wait. A channel on which
  /// somebody tried a message within that time is not orphaned: its messages have their turn.
  func giveUpOrphans() async throws -> Int {
    let configured = Set(incidents.channels.keys)
    return try await incidents.database.write { transaction in
      var waiting = 0
      for channel in try transaction.channelsInLine() where !configured.contains(channel) {
        let deadline = transaction.now.addingTimeInterval(-RetrySchedule.patience)
        for guid in try transaction.orphans(channel, deadline) {
          try transaction.giveUp(guid, "for a day no server had the channel \(channel) configured")
        }
        waiting += try transaction.integer("SELECT count(*) FROM tocsin_queue WHERE Channel = ?", [.text(channel)])
      }
      return waiting
    }
  }
}

extension Transaction {
  fileprivate func channelsInLine() throws -> [String] {
    try rows("SELECT DISTINCT Channel FROM tocsin_queue ORDER BY Channel").map { try $0.text("Channel") }
  }

  /// Up to a thousand at a time, so that no write takes long.
  fileprivate func orphans(_ channel: String, _ deadline: Date) throws -> [String] {
    try rows(
      """
      SELECT CommunicationGuid FROM tocsin_queue WHERE Channel = ? AND QueuedAt < ? AND LeaseUntil IS NULL
        AND NOT EXISTS (SELECT 1 FROM tocsin_attempt WHERE Channel = ? AND StartedAt > ?)
      ORDER BY Id LIMIT 1000
      """, [.text(channel), .time(deadline), .text(channel), .time(deadline)]
    ).map { try $0.text("CommunicationGuid") }
  }
}
