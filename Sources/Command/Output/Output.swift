import Foundation
import Storage
import Tocsin

/// How a command shows its results: a table or card to a person, tab-separated lines to a pipe, JSON or ids on request.
struct Output {
  let json: Bool
  let quiet: Bool

  /// One thing.
  func show<Record: Encodable>(_ record: Record, id: String, _ card: @autoclosure () -> Card) throws {
    if json { return try Terminal.write(JSON.encode(record, pretty: Terminal.isInteractive)) }
    if quiet { return Terminal.write(id) }
    Terminal.write(Terminal.isInteractive ? card().text : card().tabSeparated)
  }

  /// Many things of a kind.
  func show<Record: Encodable>(_ records: [Record], ids: [String], _ table: @autoclosure () -> Table) throws {
    if json { return try Terminal.write(JSON.encode(records, pretty: Terminal.isInteractive)) }
    if quiet { return ids.forEach(Terminal.write) }
    let table = table()
    if !Terminal.isInteractive { return table.tabSeparatedLines.forEach(Terminal.write) }
    if table.rows.isEmpty { return Terminal.complain(table.whenEmpty) }
    Terminal.write(table.text)
  }

  /// A line for a person that is no result.
  func say(_ text: String) {
    if !json, !quiet { Terminal.complain(text) }
  }
}

/// A time for a person: to the second, UTC.
func shortTime(_ date: Date?) -> String {
  guard let date else { return "" }
  return Terminal.isInteractive ? UTC.database(date).prefix(19) + "Z" : UTC.rfc3339(date)
}
