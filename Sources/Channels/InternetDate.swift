import Foundation

/// Dates as mail and HTTP write them: `Sun, 06 Nov 1994 08:49:37` and a zone (RFC 5322, section 3.3; RFC 9110, section
/// 5.6.7). English names in every locale.
enum InternetDate {
  /// In UTC with a mail's zone: `Sat, 21 Nov 2026 16:28:03 +0000`.
  static func mail(_ date: Date) -> String { formatter("+0000").string(from: date) }

  /// Reads ``mail(_:)-(Date)``; nil for any other zone.
  static func mail(_ text: String) -> Date? { formatter("+0000").date(from: text) }

  /// Reads an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else. The two older forms are left out: nobody
  /// writes them any more.
  static func http(_ text: String) -> Date? { formatter("GMT").date(from: text) }

  private static func formatter(_ zone: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '\(zone)'"
    return formatter
  }
}
