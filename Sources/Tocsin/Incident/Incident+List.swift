import Foundation
import Storage

/// Which incidents to list. Everything that is set must hold.
public struct IncidentFilter: Sendable {
  public var status: Status?
  public var severity: Severity?
  public var package: String?
  public var assignedTo: String?
  /// Words that must all occur, at the start of a word, somewhere in title, description, notes or messages.
  public var search: String?
  /// Created at this time or later, UTC.
  public var since: Date?
  /// Created before this time, UTC.
  public var until: Date?
  /// At most so many, 1 or more.
  public var limit = 50
  /// Where the page before ended: ``Page/nextCursor``.
  public var cursor: String?

  public init() {}
}

extension Incidents {
  /// Lists incidents, newest first.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func list(_ filter: IncidentFilter = IncidentFilter()) async throws -> Page<Incident> {
    if filter.limit < 1 { throw Failure.invalid("limit", "is \(filter.limit); it takes 1 or more") }
    return try await database.read { transaction in
      let conditions = try filter.conditions(transaction)
      // One more than asked for tells whether there is a next page.
      let rows = try transaction.rows(
        "SELECT * FROM data_incident\(conditions.sql) ORDER BY CreatedAt DESC, IncidentGuid DESC LIMIT ?",
        conditions.values + [.integer(min(filter.limit, .max - 1) + 1)])
      let page = rows.prefix(filter.limit)
      return Page(
        items: try page.map(Incident.init), nextCursor: rows.count > page.count ? try page.last.map(cursor) : nil)
    }
  }
}

/// Keyset paging: rows inserted meanwhile neither shift a page nor show up twice. The time is taken as the row has it,
/// since rows made by hand may lack milliseconds.
private func cursor(after row: Row) throws -> String {
  Data(try "\(row.text("CreatedAt"))|\(row.text("IncidentGuid"))".utf8).base64EncodedString()
}

extension IncidentFilter {
  fileprivate func conditions(_ transaction: any Transaction) throws -> (sql: String, values: [SQLValue]) {
    var parts: [(String, [SQLValue])] = []
    if let status { parts.append(("Status = ?", [.text(status.rawValue)])) }
    if let severity { parts.append(("Severity = ?", [.text(severity.rawValue)])) }
    if let package { parts.append(("Package = ?", [.text(package)])) }
    if let assignedTo { parts.append(("AssignedTo = ?", [.text(assignedTo)])) }
    if let since { parts.append(("CreatedAt >= ?", [.time(since)])) }
    if let until { parts.append(("CreatedAt < ?", [.time(until)])) }
    if let search { parts += try transaction.searchConditions(search) }
    if let cursor { parts.append(try after(cursor)) }
    if parts.isEmpty { return ("", []) }
    return (" WHERE " + parts.map(\.0).joined(separator: " AND "), parts.flatMap(\.1))
  }

  private func after(_ cursor: String) throws -> (String, [SQLValue]) {
    let text = Data(base64Encoded: cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let parts = text.split(separator: "|")
    guard parts.count == 2, UTC.parseDatabase(String(parts[0])) != nil else {
      throw Failure.invalid("cursor", "is not one that a list answered; leave it out to start from the newest")
    }
    let time = SQLValue.text(String(parts[0]))
    return ("(CreatedAt < ? OR (CreatedAt = ? AND IncidentGuid < ?))", [time, time, .text(String(parts[1]))])
  }
}
