import Foundation
import Storage

extension Incidents {
  /// - Parameter id: its guid, or the first 6 or more characters of it.
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a start that is too short or fits several.
  public func silence(_ id: String) async throws -> Silence { try await database.read { try $0.silence(id) } }

  /// Some silences, the newest first.
  ///
  /// - Parameter state: nil for any.
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func silences(_ state: SilenceState? = nil, page: PageRequest = PageRequest()) async throws -> Page<Silence> {
    try await database.read { transaction in
      let now = transaction.now
      return try transaction.page(transaction.silences(state), page) { try Silence($0, now: now) }
    }
  }

  /// All silences that have not expired, and those that have since `time`; the newest first.
  public func silences(expiredSince time: Date) async throws -> [Silence] {
    try await database.read { transaction in
      var list = PagedList.silences
      list.conditions = [.init("(EndsAt IS NULL OR EndsAt > ?)", [.time(time)])]
      let now = transaction.now
      return try transaction.all(list) { try Silence($0, now: now) }
    }
  }
}

extension PagedList {
  static let silences = PagedList(
    name: "silences", select: "SELECT * FROM data_silence", order: [.text("SilenceGuid")], isDescending: true)
}

extension Transaction {
  /// - Throws: ``Failure`` with code `notFound` or `invalid`.
  func silence(_ id: String) throws -> Silence {
    let start = id.lowercased()
    guard start.utf8.count >= 6 else {
      throw Failure.invalid(
        "silence", "\"\(printable(id))\" is too short: give a guid, or at least its first 6 characters")
    }
    let found = try rows(
      "SELECT * FROM data_silence WHERE SilenceGuid >= ? AND SilenceGuid < ? ORDER BY SilenceGuid LIMIT 2",
      [.text(start), .text(start + "~")])
    guard let first = found.first else {
      throw Failure(.notFound, "there is no silence \"\(printable(id))\". `tocsin list-silences` shows those there are")
    }
    guard found.count == 1 else {
      throw Failure.invalid("silence", "\"\(printable(id))\" fits several; give more of it")
    }
    return try Silence(first, now: now)
  }

  /// Which of those with windows hold now, no query can tell: they are few, and looked at one by one.
  fileprivate func silences(_ state: SilenceState?) throws -> PagedList {
    var list = PagedList.silences
    guard let state else { return list }
    let weekly = try rows(
      "SELECT * FROM data_silence WHERE Weekdays IS NOT NULL AND (EndsAt IS NULL OR EndsAt > ?)", [.time(now)]
    )
    .map { try Silence($0, now: now) }.filter { $0.state == state }.map { SQLValue.text($0.silenceGuid) }
    let among = weekly.isEmpty ? "0 = 1" : "SilenceGuid IN (\(weekly.map { _ in "?" }.joined(separator: ", ")))"
    let once =
      switch state {
      case .active: "Weekdays IS NULL AND StartsAt <= ? AND EndsAt > ?"
      case .pending: "Weekdays IS NULL AND StartsAt > ? AND EndsAt > ?"
      case .expired: "EndsAt <= ? AND EndsAt <= ?"
      }
    list.conditions = [.init("(\(once) OR \(among))", [.time(now), .time(now)] + weekly)]
    return list
  }
}
