import Foundation

/// So many times within so long.
public struct Frequency: Sendable, Equatable, CustomStringConvertible {
  public var count: Int
  /// Seconds.
  public var window: Double

  public init(count: Int, window: Double) {
    self.count = count
    self.window = window
  }

  public var description: String { "\(count) times within \(Self.words(window))" }

  private static let units: [(name: String, seconds: Double)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

  /// The seconds that `90s`, `10m`, `24h` or `7d` stand for; nil for anything else.
  public static func seconds(_ text: String) -> Double? {
    guard let match = text.wholeMatch(of: /([1-9][0-9]{0,5})([smhd])/), let count = Double(match.1) else { return nil }
    return units.first { $0.name == match.2 }.map { count * $0.seconds }
  }

  /// How people write it: `10m`.
  public static func words(_ seconds: Double) -> String {
    let unit = units.first { seconds.truncatingRemainder(dividingBy: $0.seconds) == 0 } ?? ("s", 1)
    return "\(Int(seconds / unit.seconds))\(unit.name)"
  }
}
