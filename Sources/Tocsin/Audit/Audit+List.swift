import Storage

/// Which entries of the audit log to list. Everything that is set must hold.
public struct AuditFilter: Sendable {
  public var action: AuditAction?
  /// Who did it, as the log spells them.
  public var actor: String?
  /// 1 or more.
  public var limit = 50
  /// Where the page before ended: ``AuditPage/nextCursor``.
  public var cursor: String?

  public init() {}
}

/// Some entries, newest first, and where the rest begins.
public struct AuditPage: Sendable, Equatable, Codable {
  public let items: [AuditEntry]
  /// Nil on the last page.
  @OrNull public var nextCursor: String?
}

extension Incidents {
  /// Lists the audit log, newest first.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func auditEntries(_ filter: AuditFilter = AuditFilter()) async throws -> AuditPage {
    if filter.limit < 1 { throw Failure.invalid("limit", "is \(filter.limit); it takes 1 or more") }
    let conditions = try filter.conditions
    return try await database.read { transaction in
      // One more than asked for tells whether there is a next page.
      let rows = try transaction.rows(
        "SELECT * FROM tocsin_audit\(conditions.sql) ORDER BY Seq DESC LIMIT ?",
        conditions.values + [.integer(min(filter.limit, .max - 1) + 1)])
      let items = try rows.prefix(filter.limit).map(AuditEntry.init)
      return AuditPage(items: items, nextCursor: rows.count > items.count ? items.last.map { String($0.seq) } : nil)
    }
  }
}

extension AuditFilter {
  fileprivate var conditions: (sql: String, values: [SQLValue]) {
    get throws {
      var parts: [(String, SQLValue)] = []
      if let action { parts.append(("Action = ?", .text(action.rawValue))) }
      if let actor { parts.append(("Actor = ?", .text(actor))) }
      if let cursor {
        guard let seq = Int(cursor), seq > 0 else {
          throw Failure.invalid("cursor", "is not one that a list answered; leave it out to start from the newest")
        }
        parts.append(("Seq < ?", .integer(seq)))
      }
      if parts.isEmpty { return ("", []) }
      return (" WHERE " + parts.map(\.0).joined(separator: " AND "), parts.map(\.1))
    }
  }
}
