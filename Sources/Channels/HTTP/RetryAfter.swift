import Foundation

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
  /// Seconds from `now`; nil when the header is missing, malformed or names no time to come.
  static func seconds(_ value: String?, now: Date = Date()) -> Double? {
    guard let value = value?.trimmingCharacters(in: .whitespaces) else { return nil }
    if value.wholeMatch(of: /[0-9]{1,9}/) != nil { return Double(value) }
    guard let date = InternetDate.http(value), date > now else { return nil }
    return date.timeIntervalSince(now)
  }
}
