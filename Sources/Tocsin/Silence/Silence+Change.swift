import Foundation
import Storage

/// What to change of a silence; nil leaves a field as it is.
public struct SilenceChanges: Sendable {
  public var matchers: [LabelMatcher]?
  /// An empty text removes it.
  public var comment: String?
  /// Only of one that has not begun.
  public var startsAt: Date?
  public var endsAt: Date?
  public var weekdays: [Weekday]?
  public var fromTime: String?
  public var minutes: Int?
  public var timeZone: String?

  public init() {}
}

extension Incidents {
  /// Changes a silence. The alerts that it holds are looked at again at once: those that nothing holds any longer open
  /// their incidents.
  ///
  /// - Parameter id: its guid, or the first 6 or more characters of it.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`; `conflict` for one that has expired, or a new start of one that
  ///   has begun.
  @discardableResult
  public func changeSilence(_ id: String, _ changes: SilenceChanges, by: Principal = .system) async throws -> Silence {
    try await database.write { transaction in
      let before = try transaction.unexpiredSilence(id)
      var silence = before
      try silence.apply(changes, now: transaction.now)
      guard silence != before else { return before }
      silence.updatedAt = transaction.now
      try transaction.save(silence)
      try transaction.audit(.silenceChanged, silence, by: by)
      try transaction.lookAgain(atAlertsOf: silence)
      return silence
    }
  }

  /// Ends a silence now. Its record stays. The alerts that it holds and that still fire open their incidents.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` for one that has expired already.
  @discardableResult
  public func expireSilence(_ id: String, by: Principal = .system) async throws -> Silence {
    try await database.write { transaction in
      var silence = try transaction.unexpiredSilence(id)
      silence.startsAt = min(silence.startsAt, transaction.now)
      silence.endsAt = transaction.now
      silence.updatedAt = transaction.now
      silence.look(at: transaction.now)
      try transaction.save(silence)
      try transaction.audit(.silenceExpired, silence, by: by)
      try transaction.lookAgain(atAlertsOf: silence)
      return silence
    }
  }
}

extension Silence {
  fileprivate mutating func apply(_ changes: SilenceChanges, now: Date) throws {
    if let start = changes.startsAt.map(UTC.milliseconds), start != startsAt {
      guard startsAt > now else {
        throw Failure(.conflict, "the silence has begun; its start cannot be moved", field: "starts_at")
      }
      startsAt = max(now, start)
    }
    if let matchers = changes.matchers { self.matchers = matchers.map(\.description) }
    if let comment = changes.comment { self.comment = try Text.optionalBlock(comment, "comment") }
    if let end = changes.endsAt { endsAt = UTC.milliseconds(end) }
    if let days = changes.weekdays { weekdays = days }
    if let time = changes.fromTime { fromTime = time }
    if let zone = changes.timeZone { timeZone = zone }
    if let length = changes.minutes {
      minutes = length
      if weekdays.isEmpty, changes.endsAt == nil { endsAt = nil }
    }
    try settle(now)
  }
}

extension Transaction {
  fileprivate func unexpiredSilence(_ id: String) throws -> Silence {
    let silence = try silence(id)
    if silence.state == .expired {
      throw Failure(.conflict, "the silence has expired; make a new one with `tocsin create-silence`")
    }
    return silence
  }

  /// Makes the alerts that it holds due: see ``Incidents/checkAlerts()``.
  fileprivate func lookAgain(atAlertsOf silence: Silence) throws {
    try execute(
      """
      UPDATE data_alert SET SilencedUntil = ?, CheckAt = ?
      WHERE Status = 'FIRING' AND SilencedBy = ? AND SilencedUntil IS NOT NULL
      """, [.time(now), .time(now), .text(silence.silenceGuid)])
  }
}
