import Foundation
import Storage

/// Somebody who tries to sign in: what is counted against whom.
///
/// Strongly for an account from an address, mildly for the account and for the address: guessing is slow from anywhere, and
/// yet nobody can lock out the engineer on call. Where a login of this account went well within 30 days, only its own
/// mistakes count.
struct LogInAttempt: Sendable {
  let name: String
  let address: String?

  struct Limit: Sendable {
    let key: String
    /// Wrong ones within a minute, after which it is blocked.
    let count: Int
    /// Seconds of the first block; each is twice as long as the one before.
    let first: Double
    /// Seconds of the longest.
    let longest: Double
  }

  var pair: Limit { limit("pair", account + " " + place, 10, 30, 900) }

  /// For all others who try this account, and all other accounts tried from this address.
  var mild: [Limit] { [limit("account", account, 100, 5, 10), limit("address", place, 50, 10, 60)] }

  /// Seconds for which an address is known to be an account's own.
  static let acquaintance = 30 * 86_400.0

  private var account: String { UserName.key(name) }

  /// An IPv6 address counts as its /64: whoever has one has them all.
  private var place: String {
    var v6 = in6_addr()
    guard let address, inet_pton(AF_INET6, address, &v6) == 1 else { return address ?? "" }
    let bytes = withUnsafeBytes(of: v6) { Array($0) }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
    return isMapped ? bytes[12...].map { String($0) }.joined(separator: ".") : hex(bytes[..<8])
  }

  private func limit(_ kind: String, _ what: String, _ count: Int, _ first: Double, _ longest: Double) -> Limit {
    Limit(key: RandomSecret.hash(kind + " " + what), count: count, first: first, longest: longest)
  }
}

/// An attempt that was let through to the password.
struct LogInEntry: Sendable {
  let attempt: LogInAttempt
  /// What it was counted on.
  let limits: [LogInAttempt.Limit]
  let userGuid: String?
  /// Nil for an unknown user, and for one without a password.
  let passwordHash: PasswordHash?
}

extension Incidents {
  /// Counts the attempt and lets it through.
  ///
  /// - Throws: ``Failure`` with code `tooMany` that says how long to wait.
  func enter(_ attempt: LogInAttempt) async throws -> LogInEntry {
    try await database.write { transaction in
      let now = transaction.now
      let pair = try transaction.throttle(attempt.pair.key)
      let isKnown = pair?.succeededAt.map { now.timeIntervalSince($0) < LogInAttempt.acquaintance } ?? false
      let limits = [attempt.pair] + (isKnown ? [] : attempt.mild)
      for limit in limits { try transaction.count(limit) }
      let row = try transaction.optionalUserRow(name: attempt.name)
      return LogInEntry(
        attempt: attempt, limits: limits, userGuid: try row?.text("UserGuid"),
        passwordHash: try row?.optionalText("PasswordHash").map { try PasswordHash(text: $0) })
    }
  }

  /// Whether the password is right. An unknown user costs the same work as a known one. An attempt that found no room for
  /// the work does not count.
  func verify(_ password: String, _ entry: LogInEntry) async throws -> Bool {
    let hash = entry.passwordHash ?? PasswordHash(ofNobodyAt: settings.passwordRounds)
    do {
      return try await passwordWork.run { hash.matches(password) }
    } catch {
      try await database.write { try $0.release(entry) }
      throw error
    }
  }
}

extension Transaction {
  fileprivate func count(_ limit: LogInAttempt.Limit) throws {
    var throttle = try throttle(limit.key) ?? Throttle(key: limit.key, since: now, lastAt: now)
    throttle.age(now)
    let wait = throttle.wait(now)
    // After a block one attempt at a time, until one goes well.
    let isFull = throttle.failures >= (throttle.blocks > 0 ? 1 : limit.count)
    if let seconds = wait ?? (isFull ? 1 : nil) {
      throw Failure(
        .tooMany, "there were too many wrong logins; wait \(seconds) second\(seconds == 1 ? "" : "s")",
        retryAfter: seconds)
    }
    throttle.failures += 1
    throttle.lastAt = now
    try keep(throttle)
  }

  /// Takes back what ``Incidents/enter(_:)`` counted: nothing is decided.
  func release(_ entry: LogInEntry) throws {
    for limit in entry.limits {
      guard var throttle = try throttle(limit.key) else { continue }
      throttle.failures = max(0, throttle.failures - 1)
      try keep(throttle)
    }
  }

  /// The login went well: what was wrong before is forgotten for this account at this address.
  func succeed(_ entry: LogInEntry) throws {
    try release(entry)
    try keep(Throttle(key: entry.attempt.pair.key, since: now, lastAt: now, succeededAt: now))
  }

  /// It was wrong: puts that on record, and blocks where there was too much of it.
  ///
  /// - Parameters:
  ///   - user: nil for an unknown one; what was typed may be a password, so it is not kept.
  ///   - what: was wrong, for the audit log.
  func fail(_ entry: LogInEntry, user: String?, _ what: String) throws {
    let address = entry.attempt.address
    try auditRefusal(.loginFailed, user, at: address, metadata: ["wrong": .string(what)])
    for (limit, scope) in zip(entry.limits, ["account at address", "account", "address"]) {
      guard var throttle = try throttle(limit.key) else { continue }
      throttle.lastAt = now
      if throttle.wait(now) == nil, throttle.blocks > 0 || throttle.failures >= limit.count {
        let seconds = min(limit.first * pow(2, Double(min(throttle.blocks, 20))), limit.longest)
        throttle.blocks += 1
        throttle.failures = 0
        throttle.blockedUntil = now.addingTimeInterval(seconds)
        let metadata: Metadata = ["scope": .string(scope), "seconds": .integer(Int64(seconds))]
        try auditRefusal(.loginThrottled, user, at: address, metadata: metadata)
      }
      try keep(throttle)
    }
    try forgetOldThrottles()
  }

  private func forgetOldThrottles() throws {
    try execute(
      "DELETE FROM tocsin_throttle WHERE LastAt < ? AND (SucceededAt IS NULL OR SucceededAt < ?)",
      [
        .time(now.addingTimeInterval(-Throttle.memory)), .time(now.addingTimeInterval(-LogInAttempt.acquaintance)),
      ])
  }
}
