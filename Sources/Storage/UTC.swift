import Foundation

/// Times as text, in UTC with milliseconds, by integer arithmetic: the same text on every platform, and fast enough for
/// every row of a busy intake.
public enum UTC {
  /// `YYYY-MM-DD HH:MM:SS.mmm`, as the database keeps it.
  public static func database(_ date: Date) -> String { text(date, separator: UInt8(ascii: " "), isZulu: false) }

  /// `YYYY-MM-DDTHH:MM:SS.mmmZ` (RFC 3339), as people and JSON see it.
  public static func rfc3339(_ date: Date) -> String { text(date, separator: UInt8(ascii: "T"), isZulu: true) }

  /// `YYYY-MM-DD`, the UTC day.
  public static func day(_ date: Date) -> String { String(rfc3339(date).prefix(10)) }

  /// `date` cut to whole milliseconds, the precision that is stored.
  public static func milliseconds(_ date: Date) -> Date { Date(timeIntervalSince1970: Double(count(date)) / 1000) }

  /// Reads what the database holds: milliseconds may be missing, as in SQLite's CURRENT_TIMESTAMP.
  public static func parseDatabase(_ text: String) -> Date? {
    parse(Array(text.utf8)[...], separator: UInt8(ascii: " "))
  }

  /// Reads RFC 3339: `2026-11-21T16:28:03Z`, with or without a fraction (cut to milliseconds), `Z` or `±HH:MM`.
  /// A time without an offset is refused, because nobody could say which moment it means.
  public static func parseRFC3339(_ text: String) -> Date? {
    let bytes = Array(text.utf8)
    if let last = bytes.last, last == UInt8(ascii: "Z") || last == UInt8(ascii: "z") {
      return parse(bytes.dropLast(), separator: UInt8(ascii: "T"))
    }
    guard bytes.count > 6 else { return nil }
    let offset = bytes.suffix(6)
    let sign = offset.first!
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let hours = number(offset, offset.startIndex + 1, 2), offset[offset.startIndex + 3] == UInt8(ascii: ":"),
      let minutes = number(offset, offset.startIndex + 4, 2), hours < 24, minutes < 60,
      let local = parse(bytes.dropLast(6), separator: UInt8(ascii: "T"))
    else { return nil }
    let seconds = Double(hours * 3600 + minutes * 60)
    return sign == UInt8(ascii: "+") ? local - seconds : local + seconds
  }

  /// Midnight UTC of a `YYYY-MM-DD` day; nil for a day that the calendar does not have.
  public static func parseDay(_ text: String) -> Date? {
    text.utf8.count == 10 ? parse(Array((text + " 00:00:00").utf8)[...], separator: UInt8(ascii: " ")) : nil
  }

  private static func count(_ date: Date) -> Int64 {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    // Years 0001 to 9999: what four digits can say.
    return Int64(min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999))
  }

  private static func text(_ date: Date, separator: UInt8, isZulu: Bool) -> String {
    let milliseconds = count(date)
    let dayNumber = Int((milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000)
    let rest = Int(milliseconds - Int64(dayNumber) * 86_400_000)
    let (year, month, day) = civil(dayNumber)
    let parts = [
      (year, 4, UInt8(ascii: "-")), (month, 2, UInt8(ascii: "-")), (day, 2, separator),
      (rest / 3_600_000, 2, UInt8(ascii: ":")), (rest / 60_000 % 60, 2, UInt8(ascii: ":")),
      (rest / 1000 % 60, 2, UInt8(ascii: ".")), (rest % 1000, 3, UInt8(ascii: "Z")),
    ]
    return String(unsafeUninitializedCapacity: 24) { buffer in
      var end = 0
      for (value, width, mark) in parts {
        var value = value
        for place in (end..<end + width).reversed() {
          buffer[place] = UInt8(ascii: "0") + UInt8(value % 10)
          value /= 10
        }
        buffer[end + width] = mark
        end += width + 1
      }
      return isZulu ? end : end - 1
    }
  }

  private static func parse(_ bytes: ArraySlice<UInt8>, separator: UInt8) -> Date? {
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == separator || bytes[10] == separator | 0x20, bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
      let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2),
      year >= 1, (1...12).contains(month), hour < 24, minute < 60, second < 60,
      let fraction = fraction(bytes.dropFirst(19))
    else { return nil }
    let dayNumber = days(year, month, day)
    guard civil(dayNumber) == (year, month, day) else { return nil }
    let seconds = dayNumber * 86_400 + hour * 3600 + minute * 60 + second
    return Date(timeIntervalSince1970: Double(seconds * 1000 + fraction) / 1000)
  }

  /// Milliseconds of `.123456`; digits past the third are cut. Nothing at all is zero.
  private static func fraction(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let point = bytes.first else { return 0 }
    let digits = bytes.dropFirst()
    guard point == UInt8(ascii: "."), !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    var value = 0
    for place in 0..<3 {
      let index = digits.startIndex + place
      value = value * 10 + (index < digits.endIndex ? Int(digits[index]) - 48 : 0)
    }
    return value
  }

  private static func number(_ bytes: ArraySlice<UInt8>, _ start: Int, _ length: Int) -> Int? {
    var value = 0
    for byte in bytes[start..<start + length] {
      guard (48...57).contains(byte) else { return nil }
      value = value * 10 + Int(byte) - 48
    }
    return value
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that start in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ dayNumber: Int) -> (Int, Int, Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }
}
