import Foundation

extension Duration {
  /// A hundred years, in seconds: more says nothing, and less than that never overflows.
  static let longestSpan = 3_155_760_000

  /// The seconds that a text such as `90s`, `5m`, `2h` or `1d` says; nil for any other text.
  public static func span(_ text: String) -> Int? {
    guard let match = text.wholeMatch(of: /([0-9]{1,9})([smhd])/), let count = Int(match.1) else { return nil }
    let seconds = count * (["s": 1, "m": 60, "h": 3600, "d": 86_400][String(match.2)] ?? 1)
    return seconds <= longestSpan ? seconds : nil
  }

  /// Seconds as ``span(_:)`` reads them: `5m` for 300.
  public static func words(_ seconds: Int) -> String {
    for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] where seconds > 0 && seconds % length == 0 {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds)s"
  }
}
