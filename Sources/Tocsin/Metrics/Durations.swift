import Foundation

/// How long something took, of some incidents: a time that ended is known, one that goes on is known to be at least so long.
public struct Durations: Sendable, Equatable {
  /// Seconds, of those that have ended.
  public var ended: [Double]
  /// Seconds so far, of those that go on.
  public var open: [Double]

  public init(ended: [Double] = [], open: [Double] = []) { (self.ended, self.open) = (ended, open) }

  /// Fewer say nothing about how many take longer.
  public static let fewestForPercentiles = 10

  /// The median, and the times that three of four and nine of ten stay below, of those that have ended; nil for fewer than
  /// ``fewestForPercentiles``.
  public var percentiles: (p50: Double, p75: Double, p90: Double)? {
    guard ended.count >= Self.fewestForPercentiles else { return nil }
    let spread = Distribution(ended)
    guard let p50 = spread.p50, let p75 = spread.p75, let p90 = spread.p90 else { return nil }
    return (p50, p75, p90)
  }
}

/// Durations counted in steps that grow, from under a minute to over a month: what takes minutes and what takes days shows in
/// one picture.
public struct DurationHistogram: Sendable, Equatable {
  /// Where a step ends and the next one begins: seconds.
  public static let bounds: [Double] = [
    60, 120, 300, 600, 1800, 3600, 7200, 18_000, 43_200, 86_400, 172_800, 604_800, 2_592_000,
  ]

  /// In each step, from the shortest: one more than ``bounds``. A step holds its beginning and not its end.
  public let ended: [Int]
  public let open: [Int]

  public init(_ durations: Durations) {
    ended = Self.counts(durations.ended)
    open = Self.counts(durations.open)
  }

  /// The step that holds a duration.
  public static func step(of seconds: Double) -> Int { bounds.firstIndex { seconds < $0 } ?? bounds.count }

  /// Where a duration lies among the steps, each one wide: 2.5 is the middle of the third. Inside a step it goes by ratio, as
  /// from step to step; in the first, which begins at nothing, and in the last, which has no end, evenly up to twice its beginning.
  public static func place(of seconds: Double) -> Double {
    let step = step(of: seconds)
    if step == 0 { return max(0, seconds) / bounds[0] }
    let start = bounds[step - 1]
    guard step < bounds.count else { return Double(step) + min(1, (seconds - start) / start) }
    return Double(step) + log(seconds / start) / log(bounds[step] / start)
  }

  private static func counts(_ values: [Double]) -> [Int] {
    var counts = Array(repeating: 0, count: bounds.count + 1)
    for value in values { counts[step(of: value)] += 1 }
    return counts
  }
}
