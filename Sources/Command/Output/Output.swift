import Foundation
import Storage
import Tocsin

/// How a command shows its results: a table or card to a person, tab-separated lines to a pipe, JSON or ids on request.
struct Output {
  let json: Bool
  let quiet: Bool

  /// One thing.
  func show<Record: Encodable>(_ record: Record, id: String, _ card: @autoclosure () -> Card) throws {
    if json { return try Terminal.write(json: record) }
    if quiet { return try Terminal.write(Terminal.harmless(id)) }
    try Terminal.write(Terminal.isInteractive ? card().text : card().tabSeparated)
  }

  /// Many things of a kind.
  func show<Record: Encodable>(_ records: [Record], ids: [String], _ table: @autoclosure () -> Table) throws {
    if json { return try Terminal.write(json: records) }
    if quiet { return try write(lines: ids.map { Terminal.harmless($0) }) }
    let table = table()
    if !Terminal.isInteractive { return try write(lines: table.tabSeparatedLines) }
    if table.rows.isEmpty { return Terminal.complain(table.whenEmpty) }
    try Terminal.write(table.text)
  }

  private func write(lines: [String]) throws {
    if !lines.isEmpty { try Terminal.write(lines.joined(separator: "\n")) }
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
