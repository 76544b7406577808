import Foundation
import Tocsin

public struct CreateSilence: Call {
  public static let route = Route.api(
    .post, "/silences", .responders,
    "Hold alerts back, once or weekly. Those that still fire when it ends open their incidents then.")
  public static let status = 201

  var matchers: [String]
  var comment: String?
  /// As `Silence.moment` reads it, as is the next.
  var startsAt: String?
  var endsAt: String?
  var weekdays: [Weekday]?
  var fromTime: String?
  var minutes: Int?
  var timeZone: String?
  var createdBy: String?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Silence {
    let now = incidents.database.now()
    var draft = SilenceDraft(
      try matchers.map { try LabelMatcher($0, field: "matchers") }, comment: comment,
      startsAt: try startsAt.map { try Silence.moment($0, "starts_at", now: now) },
      endsAt: try endsAt.map { try Silence.moment($0, "ends_at", now: now) })
    (draft.weekdays, draft.fromTime, draft.minutes, draft.timeZone) = (weekdays ?? [], fromTime, minutes, timeZone)
    return try await incidents.createSilence(draft, by: principal)
  }
}

public struct ListSilences: PagedCall {
  public typealias Item = Silence
  public static let route = Route.api(
    .get, "/silences", .readers, "List the silences, expired ones too, the newest first.")

  var state: SilenceState?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Silence> {
    try await incidents.silences(state, page: page)
  }
}

public struct GetSilence: Call {
  public static let route = Route.api(.get, "/silences/{silence}", .readers, "Show a silence.")

  var silence: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Silence {
    try await incidents.silence(silence)
  }
}

public struct ChangeSilence: Call {
  public static let route = Route.api(
    .patch, "/silences/{silence}", .responders,
    "Change a silence that has not expired. What is left out stays; an empty comment is removed.")

  var silence: String
  var matchers: [String]?
  var comment: String?
  var startsAt: String?
  var endsAt: String?
  var weekdays: [Weekday]?
  var fromTime: String?
  var minutes: Int?
  var timeZone: String?
  var updatedBy: String?

  public var onBehalfOf: String? { updatedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Silence {
    let now = incidents.database.now()
    var changes = SilenceChanges()
    changes.matchers = try matchers.map { try $0.map { try LabelMatcher($0, field: "matchers") } }
    changes.comment = comment
    changes.startsAt = try startsAt.map { try Silence.moment($0, "starts_at", now: now) }
    changes.endsAt = try endsAt.map { try Silence.moment($0, "ends_at", now: now) }
    (changes.weekdays, changes.fromTime, changes.minutes, changes.timeZone) = (weekdays, fromTime, minutes, timeZone)
    return try await incidents.changeSilence(silence, changes, by: principal)
  }
}

public struct ExpireSilence: Call {
  public static let route = Route.api(
    .delete, "/silences/{silence}", .responders,
    "End a silence now; its record stays. Alerts that it holds and that still fire open their incidents.")

  var silence: String
  var expiredBy: String?

  public var onBehalfOf: String? { expiredBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Silence {
    try await incidents.expireSilence(silence, by: principal)
  }
}

public struct CommentOnSilence: Call {
  public static let route = Route.api(
    .post, "/silences/{silence}/comments", .responders, "Add to what is said about a silence. Expired ones take it too."
  )
  public static let status = 201

  var silence: String
  var comment: String
  var createdBy: String?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> SilenceComment {
    try await incidents.commentOnSilence(silence, comment, by: principal)
  }
}

public struct ListSilenceComments: PagedCall {
  public typealias Item = SilenceComment
  public static let route = Route.api(
    .get, "/silences/{silence}/comments", .readers, "List what was said about a silence, oldest first.")

  var silence: String
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<SilenceComment> {
    try await incidents.comments(onSilence: silence, page: page)
  }
}

extension Desk {
  /// Holds alerts back: see `Incidents.createSilence`.
  ///
  /// - Parameters:
  ///   - startsAt: as `Silence.moment` reads it, as is `endsAt`.
  ///   - minutes: how long it holds, each time for a weekly one; for one that holds once, instead of `endsAt`.
  @discardableResult
  public func createSilence(
    _ matchers: [String], comment: String? = nil, startsAt: String? = nil, endsAt: String? = nil,
    weekdays: [Weekday]? = nil, fromTime: String? = nil, minutes: Int? = nil, timeZone: String? = nil, by: String? = nil
  ) async throws -> Silence {
    try await perform(
      CreateSilence(
        matchers: matchers, comment: comment, startsAt: startsAt, endsAt: endsAt, weekdays: weekdays,
        fromTime: fromTime, minutes: minutes, timeZone: timeZone, createdBy: by))
  }

  /// The silences, the newest first: the first `limit`.
  public func silences(_ state: SilenceState? = nil, limit: Int = 50) async throws -> [Silence] {
    try await all(ListSilences(state: state), limit: limit).items
  }

  /// A silence, by its guid or the first 6 or more characters of it.
  public func silence(_ id: String) async throws -> Silence { try await perform(GetSilence(silence: id)) }

  /// Changes a silence; what is nil stays: see `Incidents.changeSilence`.
  ///
  /// - Parameter startsAt: as `Silence.moment` reads it, as is `endsAt`.
  @discardableResult
  public func changeSilence(
    _ id: String, matchers: [String]? = nil, comment: String? = nil, startsAt: String? = nil, endsAt: String? = nil,
    weekdays: [Weekday]? = nil, fromTime: String? = nil, minutes: Int? = nil, timeZone: String? = nil, by: String? = nil
  ) async throws -> Silence {
    try await perform(
      ChangeSilence(
        silence: id, matchers: matchers, comment: comment, startsAt: startsAt, endsAt: endsAt, weekdays: weekdays,
        fromTime: fromTime, minutes: minutes, timeZone: timeZone, updatedBy: by))
  }

  /// Ends a silence now: see `Incidents.expireSilence`.
  @discardableResult
  public func expireSilence(_ id: String, by: String? = nil) async throws -> Silence {
    try await perform(ExpireSilence(silence: id, expiredBy: by))
  }

  /// Adds to what is said about a silence: see `Incidents.commentOnSilence`.
  @discardableResult
  public func commentOnSilence(_ id: String, _ comment: String, by: String? = nil) async throws -> SilenceComment {
    try await perform(CommentOnSilence(silence: id, comment: comment, createdBy: by))
  }

  /// What was said about a silence, oldest first.
  public func silenceComments(_ id: String) async throws -> [SilenceComment] {
    try await all(ListSilenceComments(silence: id)).items
  }
}
