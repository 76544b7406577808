import Foundation
import Logging
import Storage
import Tracing

extension Dispatcher {
  /// Attempts after which a message goes out although the vendor could not be asked whether it has it.
  private static let patienceWithLookUps = 3

  /// Claims what is next, if anything is. Not cut off half-way: what is claimed must be tried.
  ///
  /// - Parameter looksFirst: whether to look without the lock for writing before; not worth it when there is likely more.
  func next(_ claimable: Claimable, looksFirst: Bool = true) async -> Batch? {
    await Task {
      do {
        if looksFirst, try await !incidents.database.read({ try $0.hasDue(claimable) }) { return nil }
        return try await claim(claimable)
      } catch {
        report(error)
        return nil
      }
    }.value
  }

  func report(_ error: any Error) {
    // That this program is too old is said once: see watchSurroundings.
    if incidents.isTooOld { return }
    logger.error("the outbox could not be read", metadata: ["error": "\(Failure(error).message)"])
  }

  private func claim(_ claimable: Claimable) async throws -> Batch? {
    let context = incidents.claimContext
    return try await incidents.database.write { try $0.claim(claimable, context) }
  }

  /// Tries a claimed message, once, and records what came of it.
  func attempt(_ batch: Batch) async {
    incidents.underWay.begin()
    defer { incidents.underWay.end() }
    checkpoint(.beforeSend)
    let start = ContinuousClock.now
    let lease = Task { await keepLease(batch) }
    let result = await traced(batch) { await send(batch) }
    let duration = ContinuousClock.now - start
    Telemetry.attempts.record(duration, [Telemetry.channel(batch.channel)])
    checkpoint(.afterSend)
    await settle(batch, result, duration / .seconds(1))
    lease.cancel()
    log(batch, result)
    checkpoint(.afterStatus)
  }

  private func traced(
    _ batch: Batch, _ send: () async -> Result<Receipt, SendFailure>
  ) async -> Result<Receipt, SendFailure> {
    await withSpan("send \(batch.channel)", ofKind: .client) { span in
      span.attributes["tocsin.channel"] = batch.channel
      span.attributes["tocsin.attempt"] = batch.message.attempt
      let result = await send()
      if case .failure = result { span.setStatus(SpanStatus(code: .error)) }
      return result
    }
  }

  /// However long a vendor takes, nobody else may take the message for abandoned.
  private func keepLease(_ batch: Batch) async {
    while (try? await Task.sleep(for: .seconds(Claim.lease / 3))) != nil {
      try? await incidents.database.write { try $0.renewLease(batch) }
    }
  }

  /// Puts the answer on record. While the database refuses (a lock, a full disk) the answer is kept here and tried again:
  /// to let go of it would mean to send the message once more.
  private func settle(_ batch: Batch, _ result: Result<Receipt, SendFailure>, _ duration: Double) async {
    var pause = 0.1
    while true {
      do {
        return try await incidents.database.write { try $0.settle(batch, result, duration: duration) }
      } catch {
        logger.error(
          "an answer could not be put on record; trying again",
          metadata: ["ref": "\(batch.message.shortRef)", "error": "\(Failure(error).message)"])
        // Never again, in this process: a newer one takes the message over, and may send it once more.
        if incidents.isTooOld { return }
      }
      try? await Task.sleep(for: .seconds(pause))
      pause = min(pause * 2, 60)
    }
  }

  private func send(_ batch: Batch) async -> Result<Receipt, SendFailure> {
    guard let channel = incidents.channels[batch.channel] else {
      return .failure(.retryable("the channel is not configured here"))
    }
    do throws(SendFailure) {
      if let receipt = try await found(batch, channel) { return .success(receipt) }
      return .success(try await channel.send(batch.message))
    } catch {
      return .failure(error)
    }
  }

  /// What the vendor has already, on a channel that has no key against duplicates. Also after a failure that is on record: no
  /// answer in time may mean that the vendor has the message. One that cannot tell must not keep the message from going out.
  private func found(_ batch: Batch, _ channel: any Channel) async throws(SendFailure) -> Receipt? {
    guard batch.message.attempt > 1, type(of: channel).about.afterUnclearAttempt == .lookUp else { return nil }
    do throws(SendFailure) {
      return try await channel.find(batch.message)
    } catch {
      if case .retryable = error, batch.message.attempt <= Self.patienceWithLookUps { throw error }
      logger.warning(
        "the vendor could not be asked whether it has a message; sending it",
        metadata: ["ref": "\(batch.message.shortRef)", "reason": "\(error.reason)"])
      return nil
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
      owner: ProcessIdentity.current, about: { channels[$0].map { type(of: $0).about } },
      fits: { channel, text in channels[channel]?.fits(text) ?? true }, defaultTarget: { channels[$0]?.defaultTarget },
      url: url(of:))
  }
}
