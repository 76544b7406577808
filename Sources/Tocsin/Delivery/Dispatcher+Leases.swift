import Foundation
import Logging
import Storage

/// A process that was killed leaves claims behind. Those of a process on this machine are taken back at once; those of
/// another machine when their lease lapses.
extension Dispatcher {
  /// Seconds between looks.
  private static let pause = 2.0

  /// Looks now and then until the task is cancelled.
  func releaseLeases() async {
    while !Task.isCancelled {
      do {
        if try await incidents.database.read({ try !$0.ownersWhoEnded().isEmpty }) {
          try await incidents.database.write { try $0.releaseLeasesOfTheDead() }
          incidents.outboxBell.ring()
        }
      } catch {
        report(error)
      }
      try? await Task.sleep(for: .seconds(Self.pause))
    }
  }
}

extension Transaction {
  /// Holds on to what is under way. A claim that somebody else has taken over meanwhile stays theirs.
  func renewLease(_ batch: Batch) throws {
    for claim in batch.claims {
      try execute(
        "UPDATE tocsin_queue SET LeaseUntil = ? WHERE CommunicationGuid = ? AND Attempt = ?",
        [
          .time(now.addingTimeInterval(Claim.lease)), .text(claim.message.communicationGuid),
          .integer(claim.message.attempt),
        ])
    }
  }

  func releaseLeasesOfTheDead() throws {
    for owner in try ownersWhoEnded() {
      try execute(
        "UPDATE tocsin_queue SET LeaseUntil = NULL, Owner = NULL WHERE Owner = ?", [.text(owner)])
    }
  }

  fileprivate func ownersWhoEnded() throws -> [String] {
    try rows("SELECT DISTINCT Owner FROM tocsin_queue WHERE Owner IS NOT NULL").map { try $0.text("Owner") }
      .filter(ProcessIdentity.hasEnded)
  }
}
