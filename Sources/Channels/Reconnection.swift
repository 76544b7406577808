import Foundation

/// When to connect again after a loss: after a pause that doubles with each loss, from about a second up to a minute. A
/// connection that lasts a minute makes good for the losses before it; one that breaks sooner does not, so a server that
/// takes connections only to break them is not asked all the time.
struct Reconnection {
  /// Seconds.
  static let longestPause = 60.0

  /// Not before this; nil for at once.
  private(set) var next: ContinuousClock.Instant?
  private var losses = 0
  private var since: ContinuousClock.Instant?

  /// A connection stands.
  mutating func succeeded(at now: ContinuousClock.Instant = .now) { (since, next) = (now, nil) }

  /// It broke, or could not be made.
  mutating func failed(at now: ContinuousClock.Instant = .now) {
    if let since, since.duration(to: now) >= .seconds(Self.longestPause) { losses = 0 }
    since = nil
    // Many that lost the same server do not come back all at once.
    let seconds = min(pow(2, Double(losses)), Self.longestPause) * Double.random(in: 0.5...1)
    losses += 1
    next = now + .seconds(seconds)
  }

  /// It is being made.
  mutating func began() { next = nil }
}
