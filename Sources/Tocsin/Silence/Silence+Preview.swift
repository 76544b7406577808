import Storage

extension Incidents {
  /// The alerts that fire now and that a silence with these matchers would fit, the oldest first. It would hold them back when
  /// they fire the next time: what they have to say now was said.
  ///
  /// - Throws: ``Failure`` with code `invalid` for matchers that every alert fits which lacks their labels.
  public func firingAlerts(fitting matchers: [LabelMatcher]) async throws -> [Alert] {
    try Silence.refuseAnyAlert(matchers)
    return try await database.read { transaction in
      try transaction.rows(
        "SELECT * FROM data_alert WHERE Status = 'FIRING' ORDER BY AlertGuid LIMIT \(Self.mostFiringAlerts)"
      ).compactMap { row in
        let alert = try Alert(row)
        let labels = alert.silencedLabels
        return matchers.allSatisfy { $0.matches(labels) } ? alert : nil
      }
    }
  }
}

extension Silence {
  /// - Throws: ``Failure`` with code `invalid`.
  static func refuseAnyAlert(_ matchers: [LabelMatcher]) throws {
    guard (1...100).contains(matchers.count) else {
      throw Failure.invalid("matchers", "are \(matchers.count); it takes 1 to 100")
    }
    if matchers.allSatisfy({ $0.matches([:]) }) {
      throw Failure.invalid(
        "matchers", "would hold every alert that lacks these labels; at least one must not fit an empty label")
    }
  }
}
