/// How durations spread. Durations of incidents are badly skewed: read the percentiles before the mean, and `n` before
/// either.
public struct Distribution: Sendable, Equatable, Codable {
  /// How many values there are; with none, everything else is nil.
  public let n: Int
  /// The arithmetic mean.
  @OrNull public var mean: Double?
  /// The median.
  @OrNull public var p50: Double?
  @OrNull public var p75: Double?
  @OrNull public var p90: Double?
  @OrNull public var max: Double?

  /// The distribution of `values`, in their own unit. A percentile between two values is interpolated linearly between
  /// them (Hyndman and Fan's type 7, which most spreadsheets and statistics packages use by default).
  public init(_ values: [Double]) {
    let sorted = values.sorted()
    n = sorted.count
    mean = sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    p50 = sorted.percentile(0.50)
    p75 = sorted.percentile(0.75)
    p90 = sorted.percentile(0.90)
    max = sorted.last
  }
}

extension [Double] {
  /// The value below which `share` (0 to 1) of these sorted values lie; nil when there are none.
  fileprivate func percentile(_ share: Double) -> Double? {
    guard !isEmpty else { return nil }
    let place = share * Double(count - 1)
    let below = Int(place)
    guard below + 1 < count else { return self[below] }
    return self[below] + (self[below + 1] - self[below]) * (place - Double(below))
  }
}
