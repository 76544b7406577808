import Foundation
import Storage

/// That alerts come in.
public struct LastAlert: Sendable, Equatable {
  public let source: String
  public let seenAt: Date
}

extension Incidents {
  /// When an alert was last heard of, and from where; nil before the first. The demo's do not count.
  public func lastAlert() async throws -> LastAlert? {
    try await database.read { transaction in
      try transaction.row(
        """
        SELECT Source, LastSeenAt FROM data_alert
        WHERE AlertGuid NOT IN (SELECT RowGuid FROM tocsin_demo WHERE Kind = 'ALERT') ORDER BY LastSeenAt DESC LIMIT 1
        """
      ).map { LastAlert(source: try $0.text("Source"), seenAt: try $0.time("LastSeenAt")) }
    }
  }
}
