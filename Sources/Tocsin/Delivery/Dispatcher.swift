import Foundation
import Logging
import Storage

/// Sends what is in the queue. Any number may run on one database, in one process or several: each message is claimed
/// before it is tried.
public struct Dispatcher: Sendable {
  /// Seconds between looks for messages of other processes.
  private static let interval = 1.0

  let incidents: Incidents
  let logger: Logger
  /// Called on the way of every message; a test may end the process there.
  package var checkpoint: @Sendable (Checkpoint) -> Void = { _ in }

  /// A place on a message's way.
  package enum Checkpoint: String, CaseIterable, Sendable {
    /// Claimed, and the network not touched yet.
    case beforeSend
    /// The vendor has answered, and nothing is on record yet.
    case afterSend
    /// All is on record.
    case afterStatus
  }

  public init(_ incidents: Incidents, logger: Logger = Logger(label: "tocsin.dispatcher")) {
    self.incidents = incidents
    self.logger = logger
  }

  /// Works until the task is cancelled; then finishes what is on its way. Every channel has its own workers, so a slow or
  /// dead one never delays another.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await lookForOrphans() }
      group.addTask { await releaseLeases() }
      group.addTask { await watchSurroundings() }
      for (name, channel) in incidents.channels {
        group.addTask { await work(name) }
        group.addTask { await listen(channel) }
      }
    }
  }

  /// Tries whatever is due now, and returns when nothing is: for a timer such as cron.
  ///
  /// - Parameter patience: seconds to go on for messages that a rate or a storm holds back for a moment.
  /// - Returns: how many messages still wait for a later try.
  public func runOnce(patience: Double = 0) async throws -> Int {
    let deadline = ContinuousClock.now + .seconds(patience)
    var waiting = try await sendAllDue()
    while waiting > 0, ContinuousClock.now < deadline, try await incidents.database.read({ try $0.isHeldBackShortly() })
    {
      try await Task.sleep(for: .milliseconds(200))
      waiting = try await sendAllDue()
    }
    return waiting
  }

  private func sendAllDue() async throws -> Int {
    try await incidents.database.write { try $0.releaseLeasesOfTheDead() }
    await withDiscardingTaskGroup { group in
      for name in incidents.channels.keys {
        let crew = Crew()
        for _ in 0..<Crew.limit { group.addTask { await drain(name, from: nil, crew) } }
      }
    }
    return try await incidents.database.read { try $0.integer("SELECT count(*) FROM tocsin_queue") }
  }

  /// Looks for work on a channel and starts a worker for whatever it finds, up to the limit.
  private func work(_ channel: String) async {
    let crew = Crew()
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let rings = incidents.outboxBell.rings
        if crew.hasRoom, let batch = await next(.dueOn(channel: channel, except: crew.crowded)) {
          crew.join(batch.destination)
          group.addTask { await drain(channel, from: batch, crew) }
        } else {
          await incidents.outboxBell.heard(after: rings, within: await pause(channel))
        }
      }
    }
  }

  /// Sends one after the other until nothing is left to claim.
  ///
  /// - Parameter first: what the crew has taken up already.
  private func drain(_ channel: String, from first: Batch?, _ crew: Crew) async {
    var batch = first
    while true {
      if let current = batch {
        // What is claimed must be settled, also when the server is told to stop meanwhile.
        await Task { await attempt(current) }.value
        crew.leave(current.destination)
        if Task.isCancelled { return }
      }
      batch = await next(.dueOn(channel: channel, except: crew.crowded), looksFirst: batch == nil)
      guard let next = batch else { return }
      crew.join(next.destination)
    }
  }

  /// Seconds to the next look: sooner when a message is known to fall due before.
  private func pause(_ channel: String) async -> Double {
    let known = try? await incidents.database.read { try $0.secondsToWait(channel) }
    return min(max((known ?? nil) ?? Self.interval, 0.01), Self.interval)
  }

  private func listen(_ channel: any Channel) async {
    await channel.listen { reply in
      do {
        try await incidents.take(reply, on: type(of: channel).about.name)
      } catch {
        logger.warning("a reply could not be taken", metadata: ["reason": "\(Failure(error).message)"])
      }
    }
  }
}
