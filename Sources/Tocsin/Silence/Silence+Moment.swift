import Foundation
import Storage

extension Silence {
  /// When a silence starts or ends, as people write it: so long from now (`90m`, `2h`, `7d`), a time (RFC 3339), or a UTC day
  /// (`2026-12-31`), which it begins with or ends with.
  ///
  /// - Throws: ``Failure`` with code `invalid` that names `field`.
  public static func moment(_ text: String, _ field: String, now: Date) throws -> Date {
    if let match = text.wholeMatch(of: /([0-9]{1,6})([mhd])/), let count = Double(match.1) {
      return now.addingTimeInterval(count * ["m": 60.0, "h": 3600, "d": 86_400][String(match.2), default: 0])
    }
    if let day = UTC.parseDay(text) { return field == "ends_at" ? day.addingTimeInterval(86_400) : day }
    if let time = UTC.parseRFC3339(text) { return time }
    throw Failure(
      .invalid,
      "\(field) \"\(printable(text))\" is no time; write 90m, 2h or 7d from now, 2026-12-31, or 2026-12-31T16:28:03Z",
      field: field)
  }
}
