import Tocsin

public struct LinkAlert: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/alerts", .responders, "Link an alert to an incident. Linking it again changes nothing.")
  public static let status = 201

  var id: String
  var alertGuid: String
  var linkedBy: String?

  public var onBehalfOf: String? { linkedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> AlertLink {
    try await incidents.linkAlert(alertGuid, to: id, by: principal)
  }
}

public struct ListAlertLinks: PagedCall {
  public typealias Item = AlertLink
  public static let route = Route.api(
    .get, "/incidents/{id}/alerts", .readers, "List an incident's alerts, in the order they were linked.")

  var id: String
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<AlertLink> {
    try await incidents.alerts(of: id, page: page)
  }
}

public struct ListAlerts: PagedCall {
  public typealias Item = Alert
  public static let route = Route.api(
    .get, "/alerts", .readers, "List the alerts, the one that came last for the first time first.")

  var status: AlertStatus?
  var severity: Severity?
  var source: String?
  var package: String?
  var acknowledged: Bool?
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Alert> {
    var filter = AlertFilter()
    filter.status = status
    filter.severity = severity
    filter.source = source
    filter.package = package
    filter.acknowledged = acknowledged
    return try await incidents.alerts(filter, page: page)
  }
}

extension Desk {
  /// Links an alert to an incident: see `Incidents.linkAlert`.
  @discardableResult
  public func linkAlert(_ alertGuid: String, to id: String, by: String? = nil) async throws -> AlertLink {
    try await perform(LinkAlert(id: id, alertGuid: alertGuid, linkedBy: by))
  }

  /// The alerts of an incident, in the order they were linked; the first `limit`, or all.
  public func alerts(of id: String, limit: Int? = nil) async throws -> [AlertLink] {
    try await all(ListAlertLinks(id: id), limit: limit).items
  }

  /// The alerts, the one that came last for the first time first.
  public func alerts(_ filter: AlertFilter = AlertFilter(), limit: Int = 50) async throws -> [Alert] {
    try await all(
      ListAlerts(
        status: filter.status, severity: filter.severity, source: filter.source, package: filter.package,
        acknowledged: filter.acknowledged, limit: nil, cursor: nil), limit: limit
    ).items
  }
}
