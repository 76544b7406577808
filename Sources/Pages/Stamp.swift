import Foundation
import Storage

/// A moment as a page shows it, by the template `time`: in UTC, which a script puts into the reader's own zone.
public enum Stamp {
  /// The moment itself: `2026-11-21 16:28:03 UTC`.
  public static func at(_ moment: Date) -> Template.Values {
    let iso = UTC.rfc3339(moment)
    return ["iso": iso, "utc": iso.prefix(19).replacing("T", with: " ") + " UTC"]
  }

  /// How long ago it is, with the moment on hover: `4 min`. A script lets it go on.
  public static func age(_ moment: Date, now: Date) -> Template.Values {
    at(moment).merging(["age": span(now.timeIntervalSince(moment))]) { $1 }
  }

  /// A length of time: `48 s`, `4 min`, `1 h 04 min`, `3 d 2 h`. The script says it the same way.
  public static func span(_ seconds: Double) -> String {
    let seconds = Int(max(0, min(seconds, 1e10)))
    let (minutes, hours) = (seconds / 60, seconds / 3600)
    if seconds < 60 { return "\(seconds) s" }
    if minutes < 60 { return "\(minutes) min" }
    if hours < 48 { return "\(hours) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min" }
    return "\(hours / 24) d \(hours % 24) h"
  }
}
