import Foundation
import Storage

/// A silence as clients of Alertmanager's API write it (prometheus/alertmanager, api/v2/openapi.yaml, postableSilence).
public struct PostedSilence: Sendable {
  /// The one to change; nil for a new one.
  public let id: String?
  public let matchers: [LabelMatcher]
  public let startsAt: Date?
  public let endsAt: Date?
  /// Whom the client names; nobody has proved it.
  public let createdBy: String?
  public let comment: String

  /// - Throws: ``Failure`` with code `malformed` or `invalid`.
  public init(_ body: Data) throws {
    let silence = try JSONInput(body)
    id = try silence.text("id")
    matchers = try silence.required("matchers").items().map { try Self.matcher($0) }
    startsAt = try silence.time("startsAt")
    endsAt = try silence.time("endsAt")
    createdBy = try silence.text("createdBy")
    comment = try silence["comment"]?.text() ?? ""
  }

  private static func matcher(_ entry: JSONInput) throws -> LabelMatcher {
    try LabelMatcher(
      name: entry.required("name").text(), value: entry.required("value").text(),
      isRegex: flag(entry.required("isRegex")), isNegated: !(entry["isEqual"].map { try flag($0) } ?? true),
      field: "matchers")
  }

  private static func flag(_ entry: JSONInput) throws -> Bool {
    guard case .bool(let flag) = entry.value else { throw entry.fault("must be true or false") }
    return flag
  }
}

extension Incidents {
  /// Makes it, or changes the one that its id names. One that has expired is made anew, as upstream does.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid`, also for a maintenance window, which Alertmanager knows none of.
  public func setSilence(_ posted: PostedSilence, by: Principal) async throws -> Silence {
    if let id = posted.id {
      let known = try await silence(id)
      if !known.weekdays.isEmpty {
        throw Failure(
          .invalid, "this is a maintenance window; change it with PATCH /api/v1/silences/\(known.silenceGuid)")
      }
      if known.state != .expired {
        var changes = SilenceChanges()
        (changes.matchers, changes.comment, changes.endsAt) = (posted.matchers, posted.comment, posted.endsAt)
        if known.state == .pending { changes.startsAt = posted.startsAt }
        return try await changeSilence(id, changes, by: by)
      }
    }
    let draft = SilenceDraft(
      posted.matchers, comment: posted.comment, startsAt: posted.startsAt, endsAt: posted.endsAt)
    return try await createSilence(draft, by: by)
  }
}
