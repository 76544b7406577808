import Metrics

/// One thing that Tocsin counts or measures while it runs, under a name as Prometheus wants it. Values go to whatever backend
/// the process has bootstrapped with swift-metrics; without one they go nowhere.
public struct Series: Sendable {
  public enum Kind: Sendable {
    case counter
    case gauge
    /// Upper bounds, ascending.
    case histogram([Double])
  }

  public let name: String
  public let kind: Kind
  /// What it says, in a sentence.
  public let help: String

  public init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  /// Counts up; by 0, a series that is to be seen before anything happens is made.
  public func count(_ amount: Int = 1, _ labels: [(String, String)] = []) {
    Counter(label: name, dimensions: labels).increment(by: amount)
  }

  /// Records how long something took, in seconds.
  public func record(seconds: Double, _ labels: [(String, String)] = []) {
    Timer(label: name, dimensions: labels).recordSeconds(max(seconds, 0))
  }

  /// Records how long something took.
  public func record(_ duration: Duration, _ labels: [(String, String)] = []) {
    record(seconds: duration / .seconds(1), labels)
  }

  /// Moves a gauge up or down.
  public func move(by amount: Int, _ labels: [(String, String)] = []) {
    let meter = Meter(label: name, dimensions: labels)
    if amount < 0 { meter.decrement(by: Double(-amount)) } else { meter.increment(by: Double(amount)) }
  }
}
