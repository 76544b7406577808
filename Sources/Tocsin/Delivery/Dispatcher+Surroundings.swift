import Foundation
import Logging
import Storage

/// What a process that runs for long has to notice about its database: that a newer program has changed the schema, and that
/// the clocks differ.
extension Dispatcher {
  /// Seconds between looks.
  private static let pause = 1.0
  /// Looks at the schema for each look at the clock.
  private static let clockInterval = 60

  /// Looks now and then until the task is cancelled, or until this program is too old.
  func watchSurroundings() async {
    var (schema, looks) = (0, 0)
    while !Task.isCancelled {
      schema = await watchSchema(after: schema)
      // A write may have noticed first.
      if let refusal = incidents.schemaGuard?.refusal { return leave(refusal) }
      if looks.isMultiple(of: Self.clockInterval) { await watchClock() }
      looks += 1
      try? await Task.sleep(for: .seconds(Self.pause))
    }
  }

  /// - Parameter last: the schema that was seen last.
  private func watchSchema(after last: Int) async -> Int {
    guard let schemaGuard = incidents.schemaGuard else { return last }
    let standing = try? await incidents.database.read { try schemaGuard.look($0) }
    if let standing, standing.isNewer, standing.schema != last {
      logger.notice(
        "a newer program has changed the database's schema; this one works beside it",
        metadata: ["schema": "\(standing.schema)", "known": "\(standing.known)"])
    }
    return standing?.schema ?? last
  }

  private func leave(_ refusal: StorageError) {
    logger.critical(
      "this program is too old for its database and does nothing any more", metadata: ["error": "\(refusal)"])
    // Who listens here finds a newer server.
    incidents.timelineFeed.close()
  }

  private func watchClock() async {
    guard let ahead = try? await incidents.clockLead(), abs(ahead) > Incidents.tolerableClockLead else { return }
    logger.warning(
      "the clocks of this machine and the database's differ: set them by NTP",
      metadata: ["seconds_ahead": "\((ahead * 10).rounded() / 10)"])
  }
}

extension Incidents {
  /// Seconds by which the clocks of servers may differ from the database's before they are complained of. Claims of messages
  /// bear 60 (see ``Claim/lease``); people who compare times bear less.
  public static let tolerableClockLead = 5.0

  /// Seconds by which this machine's clock is ahead of the database's; negative when it is behind. As far as can be told: of
  /// a difference that the question itself may have taken, nothing is left. Nil where both have one clock.
  public func clockLead() async throws -> Double? {
    guard let clock = database.dialect.clock else { return nil }
    let (before, theirs, after) = try await database.read { [now = database.now] transaction in
      let before = now()
      let theirs = try transaction.row(clock)?.time("Now")
      return (before, theirs, now())
    }
    guard let theirs else { return nil }
    if theirs < before { return before.timeIntervalSince(theirs) }
    return theirs > after ? after.timeIntervalSince(theirs) : 0
  }
}
