import Foundation
import Storage

extension Transaction {
  /// No earlier message of the same incident, channel and target waits. `this` is the row at hand.
  static var isFirstInLine: String {
    """
    NOT EXISTS (SELECT 1 FROM tocsin_queue AS earlier WHERE earlier.IncidentGuid = this.IncidentGuid
      AND earlier.Channel = this.Channel AND earlier.TargetKey = this.TargetKey AND earlier.Id < this.Id)
    """
  }

  /// The row that is next, or nil when nothing can be tried now.
  func dueRow(_ claimable: Claimable) throws -> Row? {
    switch claimable {
    case .message(let guid):
      guard let row = try dueRow("CommunicationGuid = ?", [.text(guid)]) else { return nil }
      return try destination(row.text("Channel"), row.text("Destination")).isOpen(now) ? row : nil
    case .dueOn(let channel, let excepted):
      // The best of each destination's best: one that is down costs one look, however much waits for it.
      return try openDestinations(channel).filter { !excepted.contains($0) }
        .compactMap { try dueRow("Channel = ? AND Destination = ?", [.text(channel), .text($0)]) }
        .min { try $0.place < $1.place }
    }
  }

  /// The plus keeps the planner from idx_next, by which it would read and sort all that waits; idx_due has the order.
  private func dueRow(_ condition: String, _ values: [SQLValue]) throws -> Row? {
    try row(
      """
      SELECT * FROM tocsin_queue AS this WHERE \(condition) AND (+NextAt <= ? OR +NextAt > ?)
        AND (LeaseUntil IS NULL OR coalesce(Owner, '') <> ? AND (LeaseUntil < ? OR LeaseUntil > ?))
        AND \(Self.isFirstInLine)
      ORDER BY Priority, Id LIMIT 1
      """,
      values + [
        // Later than any time that is ever set: the clock has gone back since.
        .time(now), .time(now.addingTimeInterval(2 * Destination.longestAsked)),
        // What this process has under way is never abandoned, whatever the clock says.
        .text(ProcessIdentity.current), .time(now), .time(now.addingTimeInterval(2 * Claim.lease)),
      ])
  }

  private func openDestinations(_ channel: String) throws -> [String] {
    let waiting = try destinations(channel)
    guard !waiting.isEmpty else { return [] }
    let closed = try closedDestinations(channel).map(\.name)
    return waiting.filter { !closed.contains($0) }
  }

  /// Whether a message waits for nothing but a rate or a storm's hold.
  func isHeldBackShortly() throws -> Bool {
    let soon = SQLValue.time(now.addingTimeInterval(Storm.hold))
    let held = try row("SELECT 1 FROM tocsin_queue WHERE IsHeld = 1 AND Attempt = 0 AND NextAt <= ? LIMIT 1", [soon])
    if held != nil { return true }
    return try row(
      """
      SELECT 1 FROM tocsin_destination JOIN tocsin_queue USING (Channel, Destination)
      WHERE NextAt <= ? AND ToldUntil > ? AND ToldUntil <= ? AND (PausedUntil IS NULL OR PausedUntil <= ?) LIMIT 1
      """, [.time(now), .time(now), soon, .time(now)]) != nil
  }

  private func closedDestinations(_ channel: String) throws -> [Destination] {
    try rows(
      "SELECT Destination FROM tocsin_destination WHERE Channel = ? AND (PausedUntil > ? OR ToldUntil > ?)",
      [.text(channel), .time(now), .time(now)]
    ).map { try destination(channel, $0.text("Destination")) }.filter { !$0.isOpen(now) }
  }

  /// Where messages wait for, found by a jump from each to the next: a plain DISTINCT would read every row.
  private func destinations(_ channel: String) throws -> [String] {
    try rows(
      """
      WITH RECURSIVE found (Name) AS (
        SELECT min(Destination) FROM tocsin_queue WHERE Channel = ?
        UNION ALL
        SELECT (SELECT min(Destination) FROM tocsin_queue WHERE Channel = ? AND Destination > found.Name)
        FROM found WHERE found.Name IS NOT NULL)
      SELECT Name FROM found WHERE Name IS NOT NULL
      """, [.text(channel), .text(channel)]
    ).map { try $0.text("Name") }
  }

  /// Seconds until something on the channel may be tried that cannot be now; nil when nothing waits for its time.
  func secondsToWait(_ channel: String) throws -> Double? {
    let own = try row(
      "SELECT min(NextAt) AS At FROM tocsin_queue WHERE Channel = ? AND NextAt > ?", [.text(channel), .time(now)])
    let gates = try closedDestinations(channel).compactMap(\.opensAt)
    return (gates + [try own?.optionalTime("At")].compactMap(\.self)).min().map { $0.timeIntervalSince(now) }
  }
}

extension Row {
  /// Of a row of the queue: who goes first.
  var place: (priority: Int, id: Int) { get throws { (try integer("Priority"), try integer("Id")) } }
}
