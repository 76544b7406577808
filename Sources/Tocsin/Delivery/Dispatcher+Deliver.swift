import Foundation
import Storage

extension Dispatcher {
  /// Seconds that a caller waits for a destination that asked for patience.
  private static let shortWait = 3.0

  /// Tries messages that were just posted: see ``deliver(_:claimed:patience:)``.
  func deliver(_ posted: Posted, patience: Double) async throws -> [Communication] {
    try await deliver(posted.communications.map(\.communicationGuid), claimed: posted.claimed, patience: patience)
  }

  /// Tries these messages now, all at once, and returns them as they stand when all are settled, refused for the moment,
  /// or `patience` seconds are over. What is still PENDING then is left to a server.
  ///
  /// - Parameter claimed: those of them that the caller has claimed already.
  func deliver(_ guids: [String], claimed: [Batch] = [], patience: Double) async throws -> [Communication] {
    let deadline = ContinuousClock.now + .seconds(patience)
    let done = Bell()
    // Not awaited: a channel that hangs must not keep the caller past its patience.
    Task {
      await withDiscardingTaskGroup { group in
        for batch in claimed { group.addTask { await attempt(batch) } }
        let others = Set(guids).subtracting(claimed.map(\.message.communicationGuid))
        for guid in others { group.addTask { await deliver(guid, deadline) } }
      }
      done.ring()
    }
    await done.heard(after: 0, within: patience)
    return try await incidents.database.read { transaction in
      try guids.compactMap { try transaction.communication($0) }
    }
  }

  private func deliver(_ guid: String, _ deadline: ContinuousClock.Instant) async {
    repeat {
      if let batch = await next(.message(guid: guid)) { return await attempt(batch) }
      // Somebody else has claimed it, an earlier message goes first, or its destination takes none just now.
      guard (try? await isWaiting(guid)) == true else { return }
      try? await Task.sleep(for: .milliseconds(50))
    } while ContinuousClock.now < deadline
  }

  /// Whether the message is still to have its first attempt, or has one under way, and its destination takes messages soon.
  private func isWaiting(_ guid: String) async throws -> Bool {
    try await incidents.database.read { transaction in
      guard
        let row = try transaction.row(
          """
          SELECT Channel, Destination FROM tocsin_queue WHERE CommunicationGuid = ? AND (Attempt = 0 OR LeaseUntil IS NOT NULL)
          """, [.text(guid)])
      else { return false }
      let destination = try transaction.destination(row.text("Channel"), row.text("Destination"))
      let soon = transaction.now.addingTimeInterval(Self.shortWait)
      return try destination.isOpen(soon) && !transaction.waitsForAnother(guid, until: soon)
    }
  }
}

extension Transaction {
  /// Whether an earlier message of the same incident, channel and target goes first that is not tried before `soon`.
  fileprivate func waitsForAnother(_ guid: String, until soon: Date) throws -> Bool {
    try row(
      """
      SELECT 1 FROM tocsin_queue AS this JOIN tocsin_queue AS earlier ON earlier.IncidentGuid = this.IncidentGuid
        AND earlier.Channel = this.Channel AND earlier.TargetKey = this.TargetKey AND earlier.Id < this.Id
      WHERE this.CommunicationGuid = ? AND earlier.NextAt > ? AND earlier.LeaseUntil IS NULL
      """, [.text(guid), .time(soon)]) != nil
  }

  func communication(_ guid: String) throws -> Communication? {
    try row("SELECT * FROM data_incident_communication WHERE CommunicationGuid = ?", [.text(guid)])
      .map(Communication.init)
  }
}
