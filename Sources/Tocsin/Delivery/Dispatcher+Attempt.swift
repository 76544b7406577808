import Foundation
import Logging
import Storage

extension Dispatcher {
  /// Claims what is next, if anything is. Not cut off half-way: what is claimed must be tried.
  ///
  /// - Parameter looksFirst: whether to look without the lock for writing before; not worth it when there is likely more.
  func next(_ claimable: Claimable, looksFirst: Bool = true) async -> Batch? {
    await Task {
      do {
        if looksFirst, try await !incidents.database.read({ try $0.hasDue(claimable) }) { return nil }
        return try await claim(claimable)
      } catch {
        logger.error("the outbox could not be read", metadata: ["error": "\(Failure(error).message)"])
        return nil
      }
    }.value
  }

  private func claim(_ claimable: Claimable) async throws -> Batch? {
    let context = incidents.claimContext
    return try await incidents.database.write { try $0.claim(claimable, context) }
  }

  /// Tries a claimed message, once, and records what came of it.
  func attempt(_ batch: Batch) async {
    checkpoint(.beforeSend)
    let start = ContinuousClock.now
    let result = await send(batch)
    let duration = ContinuousClock.now - start
    checkpoint(.afterSend)
    do {
      try await incidents.database.write { try $0.settle(batch, result, duration: duration / .seconds(1)) }
      log(batch, result)
      checkpoint(.afterStatus)
    } catch {
      // The row stays as it is: its lease lapses, and it is tried again.
      logger.error("an answer could not be put on record", metadata: ["error": "\(Failure(error).message)"])
    }
  }

  private func send(_ batch: Batch) async -> Result<Receipt, SendFailure> {
    guard let channel = incidents.channels[batch.channel] else {
      return .failure(.permanent("the channel is not configured"))
    }
    do throws(SendFailure) {
      // Also after a failure that is on record: no answer in time may mean that the vendor has it.
      if batch.message.attempt > 1, type(of: channel).about.afterUnclearAttempt == .lookUp,
        let receipt = try await channel.find(batch.message)
      {
        return .success(receipt)
      }
      return .success(try await channel.send(batch.message))
    } catch {
      return .failure(error)
    }
  }

  private func log(_ batch: Batch, _ result: Result<Receipt, SendFailure>) {
    let metadata: Logger.Metadata = [
      "ref": "\(batch.message.shortRef)", "channel": "\(batch.channel)", "attempt": "\(batch.message.attempt)",
      "incidents": "\(batch.claims.count)",
    ]
    switch result {
    case .success: logger.info("message sent", metadata: metadata)
    case .failure(let failure):
      logger.warning("message not accepted", metadata: metadata.merging(["reason": "\(failure.reason)"]) { $1 })
    }
  }
}

extension Incidents {
  var claimContext: ClaimContext {
    let channels = channels
    return ClaimContext(
      owner: ProcessIdentity.current, about: { channels[$0].map { type(of: $0).about } }, url: url(of:))
  }
}
