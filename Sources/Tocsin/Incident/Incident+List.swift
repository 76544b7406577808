import Foundation
import Storage

/// Which incidents to list. Everything that is set must hold.
public struct IncidentFilter: Sendable {
  /// One of these; empty for any.
  public var statuses: Set<Status> = []
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

  public init(status: Status? = nil, search: String? = nil, limit: Int = 50) {
    (self.status, self.search, self.limit) = (status, search, limit)
  }

  /// The only status; nil for any, or several.
  public var status: Status? {
    get { statuses.count == 1 ? statuses.first : nil }
    set { statuses = newValue.map { [$0] } ?? [] }
  }
}

extension Incidents {
  /// Lists incidents, newest first.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func list(_ filter: IncidentFilter = IncidentFilter()) async throws -> Page<Incident> {
    try await database.read { transaction in
      var list = PagedList.incidents(try filter.conditions(transaction))
      list.alternatives = filter.alternatives
      return try transaction.page(list, PageRequest(limit: filter.limit, cursor: filter.cursor), Incident.init)
    }
  }
}

extension PagedList {
  static func incidents(_ conditions: [Condition]) -> PagedList {
    PagedList(
      name: "incidents", select: "SELECT * FROM data_incident", conditions: conditions,
      order: [.time("CreatedAt"), .text("IncidentGuid")], isDescending: true)
  }
}

extension IncidentFilter {
  /// Each status has its own walk along the index.
  fileprivate var alternatives: [PagedList.Condition] {
    Status.allCases.filter(statuses.contains).map { .init("Status = ?", [.text($0.rawValue)]) }
  }

  fileprivate func conditions(_ transaction: any Transaction) throws -> [PagedList.Condition] {
    var parts: [PagedList.Condition] = []
    if let severity { parts.append(.init("Severity = ?", [.text(severity.rawValue)])) }
    if let package, !package.isEmpty { parts.append(.init("Package = ?", [.text(package)])) }
    if let assignedTo, !assignedTo.isEmpty { parts.append(.init("AssignedTo = ?", [.text(assignedTo)])) }
    if let since { parts.append(.init("CreatedAt >= ?", [.time(since)])) }
    if let until { parts.append(.init("CreatedAt < ?", [.time(until)])) }
    if let search { parts += try transaction.searchConditions(search) }
    return parts
  }
}
