import Storage

/// How far a new Tocsin has come.
public struct Beginnings: Sendable, Equatable {
  /// Any but the demo's.
  public let hasIncident: Bool
  /// An alert came, or a token of somebody who sends them was used.
  public let hasSource: Bool
  /// Whether there is anybody beside the first user.
  public let hasOthers: Bool
  /// The last test of a channel, an accepted one if there is any.
  public let test: ChannelTest?
  /// Somebody does not want to be reminded.
  public let isDismissed: Bool

  public var isDone: Bool { hasIncident && hasSource && hasOthers && test?.isAccepted == true }
}

extension Incidents {
  public func beginnings() async throws -> Beginnings {
    let tests = try await channelTests().values.sorted {
      ($0.isAccepted ? 1 : 0, $0.testedAt) > ($1.isAccepted ? 1 : 0, $1.testedAt)
    }
    return try await database.read { transaction in
      func has(_ sql: String) throws -> Bool { try transaction.row("SELECT 1 FROM \(sql) LIMIT 1") != nil }
      let demo = "NOT IN (SELECT RowGuid FROM tocsin_demo)"
      let hasAlert = try has("data_alert WHERE AlertGuid \(demo)")
      return Beginnings(
        hasIncident: try has("data_incident WHERE IncidentGuid \(demo)"),
        hasSource: try hasAlert || has("tocsin_token WHERE Role = 'ingest' AND LastUsedAt IS NOT NULL"),
        hasOthers: try transaction.integer("SELECT count(*) FROM tocsin_user") > 1, test: tests.first,
        isDismissed: try transaction.setting(dismissal) != nil)
    }
  }

  /// Nobody wants to be reminded any more.
  public func dismissBeginnings(by: Principal) async throws {
    try await database.write { try $0.set(dismissal, to: "true", by: by) }
  }
}

private let dismissal = "checklist_dismissed"
