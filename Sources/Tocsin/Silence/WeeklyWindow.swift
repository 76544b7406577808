import Foundation
import Storage

/// A time of some days of the week, by the clocks of a place: SUN 02:00 for two hours in Europe/Berlin.
///
/// Where the clocks jump over the time, it begins when they have jumped; where they show it twice, it begins at the first.
/// It lasts its minutes of real time, whatever the clocks do meanwhile: from 02:00 for two hours is until 05:00 on the day on
/// which they jump from 02:00 to 03:00.
public struct WeeklyWindow: Sendable, Equatable {
  /// Minutes that a window may last.
  static let lengths = 1...10_080

  public let weekdays: [Weekday]
  /// Minutes after midnight.
  let start: Int
  public let minutes: Int
  let timeZone: TimeZone

  /// `02:00`
  public var fromTime: String {
    [start / 60, start % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
  }

  /// - Parameters:
  ///   - fromTime: `HH:MM`.
  ///   - minutes: 1 to 10,080, a week.
  ///   - timeZone: a name of the IANA's list, such as `Europe/Berlin`; nil for UTC.
  /// - Throws: ``Failure`` with code `invalid`.
  public init(_ weekdays: [Weekday], fromTime: String?, minutes: Int?, timeZone: String?) throws {
    self.weekdays = Weekday.allCases.filter(weekdays.contains)
    guard let match = fromTime?.wholeMatch(of: /([01][0-9]|2[0-3]):([0-5][0-9])/),
      let hour = Int(match.1), let minute = Int(match.2)
    else { throw Failure.invalid("from_time", "is needed with weekdays, as HH:MM: 02:00") }
    start = hour * 60 + minute
    guard let minutes, Self.lengths.contains(minutes) else {
      throw Failure.invalid(
        "minutes", "is needed with weekdays: 1 to \(Self.lengths.upperBound), how long it holds each time")
    }
    self.minutes = minutes
    let name = timeZone ?? "UTC"
    guard name.count <= 100, let zone = TimeZone(identifier: name) else {
      throw Failure.invalid("time_zone", "\"\(printable(name))\" is not known; write one such as Europe/Berlin, or UTC")
    }
    self.timeZone = zone
  }

  /// The window that is open at `time`, or else the next one.
  func window(at time: Date) -> DateInterval? {
    let today = Int((local(time) / 86_400).rounded(.down))
    // A window of a week that began on this day of last week may still be open.
    return (today - 8...today + 8).lazy.filter { isOn($0) }.map { open(on: $0) }.first { $0.end > time }
  }

  /// Seconds since 1970 that the clocks show, as if they were UTC's.
  private func local(_ time: Date) -> Double {
    time.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: time))
  }

  /// - Parameter day: days since 1970-01-01, which was a Thursday.
  private func isOn(_ day: Int) -> Bool {
    let number = ((day + 4) % 7 + 7) % 7
    return weekdays.contains { $0.number == number }
  }

  private func open(on day: Int) -> DateInterval {
    DateInterval(start: moment(Double(day * 86_400 + start * 60)), duration: Double(minutes * 60))
  }

  /// When the clocks first show the local time, or have jumped over it.
  private func moment(_ local: Double) -> Date {
    let time = Date(timeIntervalSince1970: local)
    let offsets = [-86_400.0, 86_400].map { Double(timeZone.secondsFromGMT(for: time + $0)) }
    // The greater offset gives the earlier moment.
    for offset in offsets.sorted(by: >) where self.local(time - offset) == local { return time - offset }
    let beforeJump = time - offsets.max()!
    return timeZone.nextDaylightSavingTimeTransition(after: beforeJump) ?? time - offsets[0]
  }
}
