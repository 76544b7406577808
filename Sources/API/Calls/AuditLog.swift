import Tocsin

public struct ListAuditLog: PagedCall {
  public typealias Item = AuditEntry
  public static let route = Route.api(
    .get, "/audit-log", .admins, "List what was done about access, newest first.")

  var action: AuditAction?
  var actor: String?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<AuditEntry> {
    try await incidents.auditEntries(AuditFilter(action: action, actor: actor), page: page)
  }
}

extension Desk {
  /// What was done about access, newest first: the first `limit` entries.
  public func auditEntries(_ filter: AuditFilter = AuditFilter(), limit: Int = 50) async throws -> [AuditEntry] {
    try await all(ListAuditLog(action: filter.action, actor: filter.actor), limit: limit).items
  }
}
