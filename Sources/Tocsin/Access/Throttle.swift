import Foundation
import Storage

/// How often something failed lately. In the database, so that several processes count together.
struct Throttle: Sendable {
  let key: String
  /// Since ``since``; an attempt counts from its beginning, so that a hundred at once get no further than one by one.
  var failures = 0
  var since: Date
  var lastAt: Date
  /// How many times it was blocked; each time for twice as long.
  var blocks = 0
  var blockedUntil: Date?
  /// When a login went well.
  var succeededAt: Date?

  /// Forgets what is over: failures after a minute, blocks after an hour without any failure, and everything that a clock
  /// put right has left in the future.
  mutating func age(_ now: Date) {
    let isOver = now.timeIntervalSince(lastAt) > Self.memory || lastAt.timeIntervalSince(now) > Self.window
    if isOver { (blocks, blockedUntil) = (0, nil) }
    if isOver || now.timeIntervalSince(since) >= Self.window { (failures, since) = (0, now) }
  }

  /// Seconds to wait; nil for none.
  func wait(_ now: Date) -> Int? {
    guard let blockedUntil, blockedUntil > now else { return nil }
    return max(1, Int(blockedUntil.timeIntervalSince(now).rounded(.up)))
  }

  /// Seconds in which failures count together.
  static let window = 60.0
  /// Seconds after which blocks are forgotten.
  static let memory = 3600.0
}

extension Throttle {
  init(_ row: Row) throws {
    key = try row.text("ThrottleKey")
    failures = try row.integer("Failures")
    since = try row.time("Since")
    lastAt = try row.time("LastAt")
    blocks = try row.integer("Blocks")
    blockedUntil = try row.optionalTime("BlockedUntil")
    succeededAt = try row.optionalTime("SucceededAt")
  }
}

extension Transaction {
  func throttle(_ key: String) throws -> Throttle? {
    try row("SELECT * FROM tocsin_throttle WHERE ThrottleKey = ?", [.text(key)]).map(Throttle.init)
  }

  func keep(_ throttle: Throttle) throws {
    let values: [SQLValue] = [
      .integer(throttle.failures), .time(throttle.since), .time(throttle.lastAt), .integer(throttle.blocks),
      .time(throttle.blockedUntil), .time(throttle.succeededAt), .text(throttle.key),
    ]
    let matched = try execute(
      """
      UPDATE tocsin_throttle SET Failures = ?, Since = ?, LastAt = ?, Blocks = ?, BlockedUntil = ?, SucceededAt = ?
      WHERE ThrottleKey = ?
      """, values)
    if matched > 0 { return }
    try execute(
      """
      INSERT INTO tocsin_throttle (Failures, Since, LastAt, Blocks, BlockedUntil, SucceededAt, ThrottleKey)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, values)
  }
}
