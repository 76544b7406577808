import Foundation

/// When a message that was not accepted is tried again: soon at first, then ever more rarely, for a day.
enum RetrySchedule {
  /// Seconds after which a message is given up. Long enough to outlast a night without network.
  static let patience = 24.0 * 3600

  /// Seconds from one attempt to the next, by the number of attempts made. The last value repeats.
  private static let usual: [Double] = [5, 15, 60, 300, 900, 1800, 3600]
  private static let critical: [Double] = [2, 5, 15, 30, 60, 120, 300]
  /// The longest time a vendor may ask us to wait.
  private static let longestAsked = 3600.0

  /// Seconds until the next attempt, or nil to give up.
  ///
  /// - Parameters:
  ///   - attempts: how many were made, 1 or more.
  ///   - age: seconds since the message was written.
  ///   - asked: what the vendor asked for (Retry-After), which is never undercut, up to an hour.
  ///   - chance: 0 to 1: spreads those who failed together over ±10 %.
  static func pause(
    attempts: Int, age: Double, severity: Severity, asked: Double?, chance: Double
  ) -> Double? {
    guard age < patience else { return nil }
    let steps = severity == .critical ? critical : usual
    let step = steps[min(max(attempts, 1), steps.count) - 1] * (0.9 + 0.2 * chance)
    return max(step, min(asked ?? 0, longestAsked))
  }
}
