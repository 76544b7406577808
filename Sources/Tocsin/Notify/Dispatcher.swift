import Foundation
import Logging
import Storage

/// Sends what is in the outbox. Any number may run on one database, in one process or several: each message is claimed
/// before it is tried.
public struct Dispatcher: Sendable {
  /// Messages tried at the same time on one channel.
  private static let workersPerChannel = 4
  /// Seconds between looks for messages of other processes and for retries that fall due.
  private static let interval = 1.0

  let incidents: Incidents
  let logger: Logger

  public init(_ incidents: Incidents, logger: Logger = Logger(label: "tocsin.dispatcher")) {
    self.incidents = incidents
    self.logger = logger
  }

  /// Works until the task is cancelled; then finishes what is on its way. Every channel has its own workers, so a slow or
  /// dead one never delays another.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await lookForOrphans() }
      for channel in incidents.channels.keys {
        for _ in 0..<Self.workersPerChannel { group.addTask { await work(channel) } }
      }
    }
  }

  private func work(_ channel: String) async {
    while !Task.isCancelled {
      let rings = incidents.outboxBell.rings
      // What is claimed must be settled, also when the server is told to stop meanwhile.
      let tried = await Task { await attemptOne(.dueOn(channel: channel)) }.value
      if !tried { await incidents.outboxBell.heard(after: rings, within: Self.interval) }
    }
  }

  /// Tries one message, if there is one to claim.
  private func attemptOne(_ claimable: Claimable) async -> Bool {
    do {
      guard try await incidents.database.read({ try $0.hasDue(claimable) }) else { return false }
      guard let claim = try await incidents.database.write({ try $0.claim(claimable, url: incidents.url(of:)) }) else {
        return false
      }
      try await attempt(claim)
      return true
    } catch {
      // The row stays as it is: its lease lapses, and it is tried again.
      logger.error("the outbox could not be worked", metadata: ["error": "\(Failure(error).message)"])
      return false
    }
  }

  private func attempt(_ claim: Claim) async throws {
    guard let channel = incidents.channels[claim.channel] else {
      return try await incidents.database.write { try $0.settle(claim, failed: "the channel is not configured") }
    }
    let result: Result<Receipt, SendFailure>
    do throws(SendFailure) {
      result = .success(try await channel.send(claim.message))
    } catch {
      result = .failure(error)
    }
    try await incidents.database.write { try $0.settle(claim, result) }
    log(claim, result)
  }

  private func log(_ claim: Claim, _ result: Result<Receipt, SendFailure>) {
    let metadata: Logger.Metadata = [
      "ref": "\(claim.message.shortRef)", "channel": "\(claim.channel)", "attempt": "\(claim.attempt)",
    ]
    switch result {
    case .success: logger.info("message sent", metadata: metadata)
    case .failure(let failure):
      logger.warning("message not accepted", metadata: metadata.merging(["reason": "\(failure.reason)"]) { $1 })
    }
  }

  /// Tries these messages now, all at once, and returns them as they stand when all are settled, refused for the moment,
  /// or `patience` seconds are over. What is still PENDING then is left to a server.
  func deliver(_ guids: [String], patience: Double) async throws -> [Communication] {
    let deadline = ContinuousClock.now + .seconds(patience)
    let done = Bell()
    // Not awaited: a channel that hangs must not keep the caller past its patience.
    Task {
      await withDiscardingTaskGroup { group in
        for guid in guids { group.addTask { await deliver(guid, deadline) } }
      }
      done.ring()
    }
    await done.heard(after: 0, within: patience)
    return try await incidents.database.read { transaction in
      try guids.compactMap { guid in
        try transaction.row(
          "SELECT * FROM data_incident_communication WHERE CommunicationGuid = ?", [.text(guid)]
        ).map(Communication.init)
      }
    }
  }

  private func deliver(_ guid: String, _ deadline: ContinuousClock.Instant) async {
    if await attemptOne(.message(guid: guid)) { return }
    // Somebody else has claimed it, or an earlier message goes first.
    while ContinuousClock.now < deadline, (try? await isWaiting(guid)) == true {
      try? await Task.sleep(for: .milliseconds(50))
      if await attemptOne(.message(guid: guid)) { return }
    }
  }

  /// Whether the message is still to have its first attempt, or has one under way.
  private func isWaiting(_ guid: String) async throws -> Bool {
    try await incidents.database.read { transaction in
      try transaction.row(
        "SELECT 1 FROM tocsin_outbox WHERE CommunicationGuid = ? AND (Attempt = 0 OR LeaseUntil IS NOT NULL)",
        [.text(guid)]) != nil
    }
  }
}

extension Transaction {
  fileprivate func settle(_ claim: Claim, _ result: Result<Receipt, SendFailure>) throws {
    switch result {
    case .success(let receipt): try settle(claim, sent: receipt)
    case .failure(.permanent(let reason)): try settle(claim, failed: reason)
    case .failure(.retryable(let reason, let after)):
      let pause = RetrySchedule.pause(
        attempts: claim.attempt, age: now.timeIntervalSince(claim.createdAt),
        severity: claim.message.incident.severity, asked: after, chance: Double(random() % 1000) / 1000)
      if let pause { return try settle(claim, retryIn: pause, reason) }
      try settle(claim, failed: "given up after \(claim.attempt) attempts in a day; the last: \(reason)")
    }
  }
}
