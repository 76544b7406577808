import Foundation
import Storage

/// Reads a point in time as people write it: RFC 3339 (`2026-11-21T16:28:03Z`), a UTC day (`2026-11-21`), or how long ago
/// (`90m`, `24h`, `7d`).
///
/// - Parameter endOfDay: a day means its end, so that the whole day is before it.
/// - Throws: ``Failure`` with code `invalid` that names `field`.
public func moment(_ text: String, _ field: String, endOfDay: Bool = false, now: Date) throws -> Date {
  if let day = UTC.parseDay(text) { return endOfDay ? day.addingTimeInterval(86_400) : day }
  if let time = UTC.parseRFC3339(text) { return time }
  if let match = text.wholeMatch(of: /([0-9]{1,6})([mhd])/), let count = Double(match.1) {
    let seconds = ["m": 60.0, "h": 3600, "d": 86_400][String(match.2), default: 0]
    return now.addingTimeInterval(-count * seconds)
  }
  throw Failure.invalid(
    field, "\"\(printable(text))\" is no time; write 2026-11-21, 2026-11-21T16:28:03Z, or 90m, 24h, 7d for so long ago")
}

/// Reads a point in time to come as people write it: so long from now (`30m`, `2h`, `7d`), the end of a UTC day
/// (`2026-12-31`), or RFC 3339 (`2026-11-21T16:28:03Z`).
///
/// - Throws: ``Failure`` with code `invalid` that names `field`.
public func momentToCome(_ text: String, _ field: String, now: Date) throws -> Date {
  if let seconds = Duration.span(text) { return now.addingTimeInterval(Double(seconds)) }
  if let day = UTC.parseDay(text) { return day.addingTimeInterval(86_400) }
  if let time = UTC.parseRFC3339(text) { return time }
  throw Failure.invalid(
    field, "\"\(printable(text))\" is no time; write 30m, 2h or 7d from now, 2026-12-31, or 2026-12-31T16:28:03Z")
}
