import Foundation
import Storage
import TestSupport
import Testing

@Suite("Times in UTC")
struct UTCTests {
  static func time(_ text: String) -> Date? { UTC.parseRFC3339(text) }

  @Test("Random times go out and come back the same, in both forms", arguments: [1, 2, 3] as [UInt64])
  func roundTrip(_ seed: UInt64) {
    let random = SeededRandom(seed: seed)
    // Years 1 to 9999, in milliseconds.
    let (first, last) = (-62_135_596_800_000, 253_402_300_799_999)
    for _ in 0..<5000 {
      let milliseconds = first + random.below(last - first + 1)
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      let (database, shown) = (UTC.database(date), UTC.rfc3339(date))
      #expect(UTC.parseDatabase(database).map(UTC.database) == database, "seed \(seed): \(milliseconds)")
      #expect(UTC.parseRFC3339(shown).map(UTC.rfc3339) == shown, "seed \(seed): \(milliseconds)")
      #expect(UTC.parseDatabase(database).map { Int(($0.timeIntervalSince1970 * 1000).rounded()) } == milliseconds)
      #expect(shown == database.replacing(" ", with: "T") + "Z" && UTC.day(date) == String(database.prefix(10)))
    }
  }

  @Test("They agree with the calendar of the standard library", arguments: [4, 5] as [UInt64])
  func agrees(_ seed: UInt64) {
    let random = SeededRandom(seed: seed)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    for _ in 0..<2000 {
      // From 1900 to 2200: the Gregorian calendar for both.
      let date = Date(timeIntervalSince1970: Double(random.below(9_467_000_000) - 2_208_900_000))
      let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
      let expected = String(
        format: "%04d-%02d-%02d %02d:%02d:%02d.000", parts.year!, parts.month!, parts.day!, parts.hour!, parts.minute!,
        parts.second!)
      #expect(UTC.database(date) == expected, "seed \(seed)")
    }
  }

  @Test(
    "Known moments",
    arguments: [
      (0.0, "1970-01-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
      (951_782_400, "2000-02-29T00:00:00.000Z"),
      (1_835_395_200, "2028-02-29T00:00:00.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
      (1_798_761_599.999, "2026-12-31T23:59:59.999Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
    ])
  func known(_ seconds: Double, _ text: String) {
    #expect(UTC.rfc3339(Date(timeIntervalSince1970: seconds)) == text)
    #expect(Self.time(text) == Date(timeIntervalSince1970: seconds))
  }

  @Test("Each day of four years follows the one before", arguments: [2023, 2027, 2099])
  func days(_ year: Int) throws {
    var day = try #require(UTC.parseDay("\(year)-01-01"))
    var seen: Set<String> = []
    for _ in 0..<(4 * 365) {
      let text = UTC.day(day)
      #expect(UTC.parseDay(text) == day && seen.insert(text).inserted)
      day += 86_400
    }
    #expect(seen.contains("2028-02-29") == (year == 2027))
    #expect(!seen.contains("2100-02-29"))
  }

  @Test(
    "An offset is taken off, and a fraction is cut to milliseconds",
    arguments: [
      ("2026-11-21T17:28:03+01:00", "2026-11-21T16:28:03.000Z"),
      ("2026-11-21T10:58:03.9999-05:30", "2026-11-21T16:28:03.999Z"),
      ("2026-11-21t16:28:03z", "2026-11-21T16:28:03.000Z"), ("2026-11-21T16:28:03.1Z", "2026-11-21T16:28:03.100Z"),
      ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"),
    ])
  func offsets(_ text: String, _ expected: String) {
    #expect(Self.time(text).map(UTC.rfc3339) == expected)
  }

  @Test(
    "What is no time is refused",
    arguments: [
      "", "Z", "2026-11-21", "2026-11-21T16:28:03", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
      "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:60Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1x2Z",
      "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00", "2026-01-01 00:00:00", "+026-01-01T00:00:00Z",
      "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n", "2026-01-01T00:00:00\u{0600}+01:00",
    ])
  func refused(_ text: String) {
    #expect(Self.time(text) == nil)
  }

  @Test("What SQLite itself writes for now is read")
  func sqlite() {
    #expect(UTC.parseDatabase("2026-11-21 16:28:03").map(UTC.rfc3339) == "2026-11-21T16:28:03.000Z")
    #expect(UTC.parseDatabase("2026-11-21T16:28:03") == nil)
  }
}
