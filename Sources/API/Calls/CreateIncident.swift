import Tocsin

public struct CreateIncident: Call {
  public static let route = Route.api(
    .post, "/incidents", .responders, "Open an incident in status CREATED and link alerts to it.")
  public static let status = 201

  var title: String
  var severity: Severity
  var package: String
  var description: String?
  var assignedTo: String?
  var createdBy: String?
  var alertLinks: [String]?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Incident {
    try await incidents.create(
      title: title, severity: severity, package: package, description: description, assignedTo: assignedTo,
      alertLinks: alertLinks ?? [], by: principal)
  }
}

extension Desk {
  /// Opens an incident: see `Incidents.create`.
  @discardableResult
  public func create(
    title: String, severity: Severity, package: String, description: String? = nil, assignedTo: String? = nil,
    alertLinks: [String] = [], by: String? = nil
  ) async throws -> Incident {
    try await perform(
      CreateIncident(
        title: title, severity: severity, package: package, description: description, assignedTo: assignedTo,
        createdBy: by, alertLinks: alertLinks))
  }
}
