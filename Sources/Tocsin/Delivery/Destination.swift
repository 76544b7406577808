import Foundation
import Storage

/// How a destination stands: a host, an account or a room that fails and is limited as a whole. Kept in the database, so that
/// it outlives a restart and all processes share it.
struct Destination: Sendable {
  /// Failures in a row after which only one message at a time is tried.
  static let patience = 5
  /// Seconds a trial has, until the next one may begin.
  private static let trial = 10.0
  /// The longest time, in seconds, between two trials of one that is down.
  private static let longestPause = 30.0
  /// The longest time, in seconds, that a vendor may ask us to wait.
  static let longestAsked = 3600.0

  let channel: String
  let name: String
  /// It is down: nothing is tried before.
  var pausedUntil: Date?
  /// It asked for patience, or its rate is used up: nothing is tried before.
  var toldUntil: Date?
  var failures = 0
  var failingSince: Date?
  /// When all that was sent so far is paid for, at its rate (GCRA, ITU-T I.371).
  var freeAt: Date?

  var opensAt: Date? { [pausedUntil, toldUntil].compactMap(\.self).max() }

  func isOpen(_ now: Date) -> Bool { opensAt.map { $0 <= now } ?? true }

  /// What it says at `now`. A pause longer than any that is ever set was written before the clock went back; it is void.
  fileprivate func at(_ now: Date) -> Destination {
    var destination = self
    let farthest = now.addingTimeInterval(Self.longestAsked)
    if pausedUntil.map({ $0 > now.addingTimeInterval(Self.longestPause) }) == true { destination.pausedUntil = nil }
    if toldUntil.map({ $0 > farthest }) == true { destination.toldUntil = nil }
    if freeAt.map({ $0 > farthest }) == true { destination.freeAt = nil }
    if failingSince.map({ $0 > now }) == true { destination.failingSince = now }
    return destination
  }

  /// Takes note that a message is about to be tried.
  mutating func begin(_ now: Date, _ rate: SendRate?) {
    if failures >= Self.patience { pausedUntil = now.addingTimeInterval(Self.trial) }
    guard let rate else { return }
    let free = max(freeAt ?? now, now).addingTimeInterval(rate.seconds)
    freeAt = free
    let next = free.addingTimeInterval(-Double(rate.burst - 1) * rate.seconds)
    if next > now { tell(next) }
  }

  /// Takes note of an answer: whatever it says, the destination is there.
  mutating func answered(_ now: Date, quiet: Double?) {
    failures = 0
    failingSince = nil
    pausedUntil = nil
    if let quiet { tell(now.addingTimeInterval(min(quiet, Self.longestAsked))) }
  }

  /// Takes note that it did not take a message for now. The longer it is down, the more rarely it is tried: after a sixth
  /// of that time, so that it is found again soon after a short outage.
  mutating func failed(_ now: Date, asked: Double?) {
    if let asked, asked > 0 { tell(now.addingTimeInterval(min(asked, Self.longestAsked))) }
    failures += 1
    let since = failingSince ?? now
    failingSince = since
    guard failures >= Self.patience else { return }
    pausedUntil = now.addingTimeInterval(min(max(now.timeIntervalSince(since) / 6, 1), Self.longestPause))
  }

  private mutating func tell(_ until: Date) { toldUntil = max(toldUntil ?? until, until) }
}

extension Destination {
  fileprivate init(_ row: Row) throws {
    channel = try row.text("Channel")
    name = try row.text("Destination")
    pausedUntil = try row.optionalTime("PausedUntil")
    toldUntil = try row.optionalTime("ToldUntil")
    failures = try row.integer("Failures")
    failingSince = try row.optionalTime("FailingSince")
    freeAt = try row.optionalTime("FreeAt")
  }
}

extension Transaction {
  func destination(_ channel: String, _ name: String) throws -> Destination {
    try row(
      "SELECT * FROM tocsin_destination WHERE Channel = ? AND Destination = ?", [.text(channel), .text(name)]
    ).map(Destination.init)?.at(now) ?? Destination(channel: channel, name: name)
  }

  /// Writes how a destination stands, when that has changed.
  func change(_ channel: String, _ name: String, _ change: (inout Destination) -> Void) throws {
    let before = try destination(channel, name)
    var after = before
    change(&after)
    guard after != before else { return }
    let values: [SQLValue] = [
      .time(after.pausedUntil), .time(after.toldUntil), .integer(after.failures), .time(after.failingSince),
      .time(after.freeAt), .text(channel), .text(name),
    ]
    let matched = try execute(
      """
      UPDATE tocsin_destination SET PausedUntil = ?, ToldUntil = ?, Failures = ?, FailingSince = ?, FreeAt = ?
      WHERE Channel = ? AND Destination = ?
      """, values)
    if matched == 0 {
      try execute(
        """
        INSERT INTO tocsin_destination (PausedUntil, ToldUntil, Failures, FailingSince, FreeAt, Channel, Destination)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, values)
    }
    if before.failures >= Destination.patience, after.failures == 0 { try hurry(channel, name) }
  }

  /// A destination is back: what waits for its own next try need not wait any longer.
  private func hurry(_ channel: String, _ name: String) throws {
    try execute(
      """
      UPDATE tocsin_queue SET NextAt = ? WHERE Channel = ? AND Destination = ? AND NextAt > ? AND LeaseUntil IS NULL
        AND (IsHeld = 0 OR Attempt > 0)
      """, [.time(now), .text(channel), .text(name), .time(now)])
  }
}

extension Destination: Equatable {}
