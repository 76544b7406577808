import Foundation
import Storage
import Synchronization

/// A clock that stands still unless it is moved.
public final class StillClock: Sendable {
  private let time: Mutex<Date>

  /// - Parameter start: RFC 3339; where the clock stands at first.
  public init(_ start: String = "2026-11-21T16:28:03.120Z") {
    guard let start = UTC.parseRFC3339(start) else { preconditionFailure("\(start) is not an RFC 3339 time") }
    time = Mutex(start)
  }

  /// The time it shows.
  public var now: Date { time.withLock { $0 } }

  /// Moves it by `seconds`, backwards too.
  public func advance(by seconds: Double) { time.withLock { $0 += seconds } }

  /// Moves it to `date`.
  public func set(_ date: Date) { time.withLock { $0 = date } }
}
