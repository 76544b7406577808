import Foundation
import Storage
import Synchronization

/// The silences that have not expired, with their matchers and windows ready, remembered until one changes: to ask whether a silence
/// holds an alert costs one look at one row.
final class SilenceBook: Sendable {
  struct Entry: Sendable {
    let silence: Silence
    let matchers: [LabelMatcher]
    let weekly: WeeklyWindow?

    /// Whether it holds at `time` what it fits.
    func hold(at time: Date) -> DateInterval? {
      silence.hold(at: time, by: weekly).flatMap { $0.start <= time ? $0 : nil }
    }

    func fits(_ labels: [String: String]) -> Bool { matchers.allSatisfy { $0.matches(labels) } }
  }

  private struct Edition {
    var version: String?
    var entries: [Entry] = []
  }

  private let edition = Mutex(Edition())

  /// What `transaction` sees.
  func entries(_ transaction: any Transaction) throws -> [Entry] {
    let version = try transaction.row("SELECT Version FROM tocsin_silence_head WHERE Id = 1")?.text("Version")
    if let known = edition.withLock({ $0.version == version && version != nil ? $0.entries : nil }) { return known }
    let now = transaction.now
    let entries = try transaction.rows(
      "SELECT * FROM data_silence WHERE EndsAt IS NULL OR EndsAt > ? ORDER BY SilenceGuid", [.time(now)]
    ).compactMap { row -> Entry? in
      // One that somebody made unreadable by hand holds nothing; it must not stop what comes in.
      guard let silence = try? Silence(row, now: now),
        let matchers = try? silence.matchers.map({ try LabelMatcher($0) })
      else { return nil }
      return Entry(silence: silence, matchers: matchers, weekly: try? silence.weekly())
    }
    edition.withLock { $0 = Edition(version: version, entries: entries) }
    return entries
  }
}

extension Incidents {
  /// The silence that holds the alert now, and until when; of several the one that holds longest.
  func hold(on alert: Alert, _ transaction: any Transaction) throws -> (silence: Silence, until: Date)? {
    let (now, entries) = (transaction.now, try silenceBook.entries(transaction))
    if entries.isEmpty { return nil }
    let labels = alert.silencedLabels
    let holds = entries.compactMap { entry -> (silence: Silence, until: Date)? in
      // When first, whom then: most silences do not hold now, and expressions cost more.
      guard let hold = entry.hold(at: now), entry.fits(labels) else { return nil }
      return (entry.silence, hold.end)
    }
    return holds.max { $0.until < $1.until }
  }
}
