import Storage

/// An alert that fires, and the silences that hold it now.
public struct FiringAlert: Sendable {
  public let alert: Alert
  /// By guid. Of an alert that fired before a silence began, it only says that more of the kind would be held.
  public let silencedBy: [String]
}

extension Incidents {
  /// The most that ``firingAlerts(matching:)`` looks at.
  public static let mostFiringAlerts = 10_000

  /// The alerts that fire, of all sources, the oldest first, whose ``Alert/namedLabels`` all of `matchers` fit.
  public func firingAlerts(matching matchers: [LabelMatcher] = []) async throws -> [FiringAlert] {
    try await database.read { transaction in
      let now = transaction.now
      let silences = try silenceBook.entries(transaction).filter { $0.hold(at: now) != nil }
      return try transaction.rows(
        "SELECT * FROM data_alert WHERE Status = 'FIRING' ORDER BY AlertGuid LIMIT \(Self.mostFiringAlerts)"
      ).compactMap { row in
        let alert = try Alert(row)
        guard matchers.allSatisfy({ $0.matches(alert.namedLabels) }) else { return nil }
        let labels = alert.silencedLabels
        return FiringAlert(
          alert: alert, silencedBy: silences.filter { $0.fits(labels) }.map(\.silence.silenceGuid))
      }
    }
  }
}

extension Alert {
  /// Its labels, with the title as `alertname` where the sender gives none.
  public var namedLabels: [String: String] { labels.merging(["alertname": title]) { given, _ in given } }

  /// What silences match: its labels, and what senders that know no labels say otherwise, under `alertname`, `package`,
  /// `severity` (in small letters) and `source`.
  var silencedLabels: [String: String] {
    let known = ["package": package, "severity": severity.rawValue.lowercased(), "source": source]
    return namedLabels.merging(known) { given, _ in given }
  }
}
