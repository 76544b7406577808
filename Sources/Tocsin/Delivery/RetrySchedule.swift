/// When a message that was not accepted is tried again: soon at first, then ever more rarely, for a day.
enum RetrySchedule {
  /// Seconds from the first attempt after which a message is given up. Long enough to outlast a night without network.
  static let patience = 24.0 * 3600

  /// Seconds until the next attempt, or nil to give up: a third of the time that the message has been tried, from 2 seconds to
  /// an hour; for CRITICAL a sixth, from 1 second to 5 minutes.
  ///
  /// - Parameters:
  ///   - age: seconds since the first attempt.
  ///   - asked: what the vendor asked for (Retry-After), which is never undercut, up to an hour.
  ///   - chance: 0 to 1: spreads those who failed together over ±10 %.
  static func pause(age: Double, severity: Severity, asked: Double?, chance: Double) -> Double? {
    guard age < patience else { return nil }
    let step = severity == .critical ? min(max(age / 6, 1), 300) : min(max(age / 3, 2), 3600)
    return max(step * (0.9 + 0.2 * chance), min(asked ?? 0, Destination.longestAsked))
  }
}
