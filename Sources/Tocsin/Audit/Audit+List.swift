import Storage

/// Which entries of the audit log to list. Everything that is set must hold.
public struct AuditFilter: Sendable {
  public var action: AuditAction?
  /// Who did it, as the log spells them.
  public var actor: String?

  public init(action: AuditAction? = nil, actor: String? = nil) {
    self.action = action
    self.actor = actor
  }
}

extension Incidents {
  /// Lists the audit log, newest first.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func auditEntries(
    _ filter: AuditFilter = AuditFilter(), page: PageRequest = PageRequest()
  ) async throws -> Page<AuditEntry> {
    try await database.read { try $0.page(filter.list, page, AuditEntry.init) }
  }
}

extension AuditFilter {
  fileprivate var list: PagedList {
    var list = PagedList(
      name: "audit log", select: "SELECT * FROM tocsin_audit", order: [.integer("Seq")], isDescending: true)
    if let action { list.conditions.append(PagedList.Condition("Action = ?", [.text(action.rawValue)])) }
    if let actor, !actor.isEmpty { list.conditions.append(PagedList.Condition("Actor = ?", [.text(actor)])) }
    return list
  }
}
