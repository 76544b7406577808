import Foundation
import Storage

/// Where a silence stands.
public enum SilenceState: String, Word {
  /// It holds alerts back now.
  case active = "ACTIVE"
  /// It will.
  case pending = "PENDING"
  /// It will never again.
  case expired = "EXPIRED"

  public static let field = "state"
}

/// What holds alerts back, so that they open no incident and nobody is told: a row of `data_silence`. It holds once, or
/// weekly as a maintenance window. Its end is no end for the alerts: those that still fire then open their incidents.
public struct Silence: Sendable, Equatable, Codable {
  public let silenceGuid: String
  /// All must hold: see ``LabelMatcher``.
  public internal(set) var matchers: [String]
  @OrNull public internal(set) var comment: String?
  public let createdBy: String
  public let createdAt: Date
  public internal(set) var updatedAt: Date
  /// From when on it holds, or its windows count.
  public internal(set) var startsAt: Date
  /// Until when; null for windows without an end.
  @OrNull public internal(set) var endsAt: Date?
  /// The days of its windows; empty for one that holds once.
  public internal(set) var weekdays: [Weekday]
  /// When its windows begin, by the clocks of `timeZone`: `02:00`.
  @OrNull public internal(set) var fromTime: String?
  /// How long each window lasts.
  @OrNull public internal(set) var minutes: Int?
  @OrNull public internal(set) var timeZone: String?
  public private(set) var state: SilenceState
  /// When it began to hold, or will next; null when it never will again.
  @OrNull public private(set) var holdsFrom: Date?
  @OrNull public private(set) var holdsUntil: Date?
}

extension Silence {
  init(_ row: Row, now: Date) throws {
    silenceGuid = try row.text("SilenceGuid")
    matchers = try JSON.decode([String].self, from: Data(row.text("Matchers").utf8))
    comment = try row.optionalText("Comment")
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
    updatedAt = try row.time("UpdatedAt")
    startsAt = try row.time("StartsAt")
    endsAt = try row.optionalTime("EndsAt")
    weekdays =
      try row.optionalText("Weekdays").map { try $0.split(separator: ",").map { try Weekday(word: String($0)) } } ?? []
    fromTime = try row.optionalText("FromTime")
    minutes = try row.optionalInteger("Minutes")
    timeZone = try row.optionalText("TimeZone")
    state = .expired
    look(at: now)
  }

  init(_ draft: SilenceDraft, guid: String, by: String, now: Date) throws {
    silenceGuid = guid
    matchers = draft.matchers.map(\.description)
    comment = try Text.optionalBlock(draft.comment, "comment")
    (createdBy, createdAt, updatedAt) = (by, now, now)
    startsAt = max(now, UTC.milliseconds(draft.startsAt ?? now))
    endsAt = draft.endsAt.map(UTC.milliseconds)
    (weekdays, fromTime, timeZone) = (draft.weekdays, draft.fromTime, draft.timeZone)
    minutes = draft.minutes
    state = .expired
    try settle(now)
  }

  /// What it holds by; nil for one that holds once.
  func weekly() throws -> WeeklyWindow? {
    guard !weekdays.isEmpty else { return nil }
    return try WeeklyWindow(weekdays, fromTime: fromTime, minutes: minutes, timeZone: timeZone)
  }

  /// When it holds: at `time`, or else the next time. Nil when it never will again.
  func hold(at time: Date) -> DateInterval? { hold(at: time, by: try? weekly()) }

  /// The same for those who ask often: a window with its time zone takes long to make.
  ///
  /// - Parameter weekly: what ``weekly()`` says.
  func hold(at time: Date, by weekly: WeeklyWindow?) -> DateInterval? {
    let time = max(time, startsAt)
    if let endsAt, endsAt <= time { return nil }
    guard !weekdays.isEmpty else { return endsAt.map { DateInterval(start: startsAt, end: $0) } }
    guard let window = weekly?.window(at: time) else { return nil }
    let start = max(window.start, startsAt)
    let end = endsAt.map { min(window.end, $0) } ?? window.end
    return start < end ? DateInterval(start: start, end: end) : nil
  }

  /// Seconds from now.
  private static let furthestStart = 315_576_000.0

  /// Says where it stands at `now`.
  mutating func look(at now: Date) {
    let hold = hold(at: now)
    (holdsFrom, holdsUntil) = (hold?.start, hold?.end)
    state = hold.map { $0.start <= now ? .active : .pending } ?? .expired
  }

  /// Checks everything about it that was given, and says where it stands.
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  mutating func settle(_ now: Date) throws {
    try Self.refuseAnyAlert(try matchers.map { try LabelMatcher($0, field: "matchers") })
    if let weekly = try weekly() {
      (weekdays, timeZone) = (weekly.weekdays, timeZone ?? "UTC")
    } else {
      try settleOnce()
    }
    guard startsAt < now.addingTimeInterval(Self.furthestStart) else {
      throw Failure.invalid("starts_at", "is more than ten years ahead")
    }
    if let endsAt, endsAt <= max(now, startsAt) {
      throw Failure.invalid("ends_at", "is over already, or not after starts_at; name a time to come")
    }
    look(at: now)
    if state == .expired { throw Failure.invalid("ends_at", "leaves no time at all in which it would hold") }
  }

  /// One that holds once says how long, or until when.
  private mutating func settleOnce() throws {
    if fromTime != nil || timeZone != nil {
      throw Failure.invalid(
        "weekdays", "are missing: from_time and time_zone say nothing without them",
        allowed: Weekday.allCases.map(\.rawValue))
    }
    if let length = minutes {
      if endsAt != nil { throw Failure.invalid("minutes", "and ends_at exclude each other, unless it holds weekly") }
      guard (1...5_256_000).contains(length) else {
        throw Failure.invalid("minutes", "is \(length); it takes 1 to 5,256,000, which are ten years")
      }
      (endsAt, minutes) = (startsAt.addingTimeInterval(Double(length) * 60), nil)
    }
    if endsAt == nil { throw Failure.invalid("ends_at", "is missing; say when it ends, or after how many minutes") }
  }
}

/// A silence to be.
public struct SilenceDraft: Sendable {
  public var matchers: [LabelMatcher]
  public var comment: String?
  /// Nil, and a time that is over, for now.
  public var startsAt: Date?
  public var endsAt: Date?
  /// For a maintenance window: see ``WeeklyWindow``.
  public var weekdays: [Weekday] = []
  public var fromTime: String?
  /// How long each window lasts; for one that holds once, how long it does, instead of `endsAt`.
  public var minutes: Int?
  public var timeZone: String?

  public init(_ matchers: [LabelMatcher], comment: String? = nil, startsAt: Date? = nil, endsAt: Date? = nil) {
    self.matchers = matchers
    self.comment = comment
    self.startsAt = startsAt
    self.endsAt = endsAt
  }
}
