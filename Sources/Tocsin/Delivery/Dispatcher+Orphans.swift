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
        logger.error("the outbox could not be read", metadata: ["error": "\(Failure(error).message)"])
      }
      try? await Task.sleep(for: .seconds(Self.pause))
    }
  }

  /// Gives up those that have waited longer than any message is tried, and returns how many still wait.
  func giveUpOrphans() async throws -> Int {
    let configured = Set(incidents.channels.keys)
    let orphans = try await incidents.database.read { try $0.orphans(configured) }
    let deadline = incidents.database.now().addingTimeInterval(-RetrySchedule.patience)
    let stale = orphans.filter { $0.createdAt < deadline }
    let context = incidents.claimContext
    for orphan in stale {
      try await incidents.database.write { transaction in
        guard let batch = try transaction.claim(.message(guid: orphan.guid), context) else { return }
        let reason = "for a day no server had the channel \(batch.channel) configured"
        try transaction.settle(batch, .failure(.permanent(reason)), duration: 0)
      }
    }
    return orphans.count - stale.count
  }
}

extension Transaction {
  fileprivate func orphans(_ configured: Set<String>) throws -> [(guid: String, createdAt: Date)] {
    try rows("SELECT CommunicationGuid, Channel, QueuedAt FROM tocsin_queue ORDER BY Id LIMIT 10000").filter {
      !configured.contains(try $0.text("Channel"))
    }.map { (try $0.text("CommunicationGuid"), try $0.time("QueuedAt")) }
  }
}
