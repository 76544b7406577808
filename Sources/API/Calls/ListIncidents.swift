import Foundation
import Tocsin

public struct ListIncidents: PagedCall {
  public typealias Item = Incident
  public static let route = Route.api(.get, "/incidents", .readers, "List incidents, newest first.")

  var status: Status?
  var severity: Severity?
  var package: String?
  var assignedTo: String?
  var search: String?
  /// A time in one of the spellings of `moment`.
  var since: String?
  var until: String?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Incident> {
    var filter = IncidentFilter()
    let now = incidents.database.now()
    filter.status = status
    filter.severity = severity
    filter.package = package
    filter.assignedTo = assignedTo
    filter.search = search
    filter.since = try since.map { try moment($0, "since", now: now) }
    filter.until = try until.map { try moment($0, "until", endOfDay: true, now: now) }
    filter.limit = page.limit
    filter.cursor = page.cursor
    return try await incidents.list(filter)
  }
}

extension Desk {
  /// Incidents, newest first, the first `filter.limit` of them: see `Incidents.list`.
  public func list(_ filter: IncidentFilter = IncidentFilter()) async throws -> Page<Incident> {
    try await all(
      ListIncidents(
        status: filter.status, severity: filter.severity, package: filter.package, assignedTo: filter.assignedTo,
        search: filter.search, since: filter.since.map(JSON.time), until: filter.until.map(JSON.time), limit: nil,
        cursor: filter.cursor), limit: filter.limit)
  }
}
