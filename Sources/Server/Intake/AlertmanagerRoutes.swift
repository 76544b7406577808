import API
import Foundation
import Hummingbird
import Tocsin

/// Alertmanager's API, version 2 (prometheus/alertmanager, api/v2/openapi.yaml): Prometheus and its kin name Tocsin as their
/// Alertmanager; amtool, Grafana and karma read alerts and silences here, and silence. Refusals are texts in JSON, as
/// upstream's are: see ``owns(_:)``.
struct AlertmanagerRoutes {
  let desk: IntakeDesk
  private var incidents: Incidents { desk.incidents }

  private static let path = "/in/alertmanager/api/v2"
  private static let started = Date()

  /// Whether an address is of this API: whatever is refused there, its clients show a text in JSON, and nothing else.
  static func owns(_ address: String) -> Bool {
    let path = address.prefix { $0 != "?" }
    return path == Self.path || path.hasPrefix(Self.path + "/")
  }

  init(desk: IntakeDesk) {
    self.desk = desk
    _ = Self.started
  }

  func add(to table: inout RouteTable) {
    add(.post, "/alerts", .intake, "Take in alerts as Prometheus sends them.", to: &table, takeAlerts)
    add(
      .get, "/alerts", .readers, "List the alerts that fire, as Alertmanager does.", AlertmanagerQuery.ofAlerts,
      to: &table, listAlerts)
    add(
      .get, "/alerts/groups", .readers, "List the alerts that fire by group, as Alertmanager does.",
      AlertmanagerQuery.ofAlerts, to: &table, listGroups)
    add(
      .get, "/silences", .readers, "List silences as Alertmanager does: those that expired last week are left out.",
      [AlertmanagerQuery.filter], to: &table, listSilences)
    add(.post, "/silences", .responders, "Make or change a silence as amtool does.", to: &table, setSilence)
    add(.get, "/silence/{silence}", .readers, "Show a silence as Alertmanager does.", to: &table) { _, context in
      let silence = try await incidents.silence(context.silence)
      return try .json(AlertmanagerSilence.shown(silence), status: .ok)
    }
    add(.delete, "/silence/{silence}", .responders, "End a silence as amtool does.", to: &table) { _, context in
      guard let visitor = context.visitor else { throw Failure(.unauthenticated, "a token is needed") }
      _ = try await incidents.expireSilence(context.silence, by: visitor.principal)
      return Response(status: .ok)
    }
    add(.get, "/receivers", .readers, "List Alertmanager's receivers: there is one.", to: &table) { _, _ in
      try .json(JSONValue.array([AlertmanagerAlert.receiver]), status: .ok)
    }
    add(.get, "/status", .readers, "Tell what Alertmanager tells of itself.", to: &table) { _, _ in
      try .json(AlertmanagerAlert.status(since: Self.started), status: .ok)
    }
  }

  private func add(
    _ method: Route.Method, _ path: String, _ access: Route.Access, _ summary: String,
    _ query: [RecordShape.Field] = [], to table: inout RouteTable,
    _ handler: @escaping @Sendable (Request, Context) async throws -> Response
  ) {
    let words = path.split(whereSeparator: { "/{}".contains($0) }).joined(separator: "_")
    let answersNothing = path == "/alerts" && method == .post || method == .delete
    var endpoint = Endpoint(
      Route(method, Self.path + path, access, summary), "alertmanager_\(method.rawValue.lowercased())_\(words)",
      query: query, body: method == .post ? .init("application/json", .anything) : nil,
      answers: answersNothing ? [] : [.init("application/json", .anything)])
    endpoint.fault = .init("application/json", .text)
    endpoint.refusal = endpoint.fault
    table.add(endpoint, handler)
  }
}

extension AlertmanagerRoutes {
  /// Takes what is good, and says of the rest what is wrong.
  @Sendable private func takeAlerts(_ request: Request, _ context: Context) async throws -> Response {
    let delivery = try AlertmanagerAPI.delivery(in: await desk.json(request), now: incidents.database.now())
    if !delivery.alerts.isEmpty { _ = try await desk.receive(delivery.alerts.map { .state($0) }) }
    if delivery.faults.isEmpty { return Response(status: .ok) }
    throw Failure(.invalid, delivery.faults.prefix(10).map(\.message).joined(separator: "; "))
  }

  @Sendable private func listAlerts(_ request: Request, _ context: Context) async throws -> Response {
    let alerts = try await AlertmanagerQuery(request).alerts(of: incidents)
    return try .json(JSONValue.array(alerts.map(AlertmanagerAlert.shown)), status: .ok)
  }

  @Sendable private func listGroups(_ request: Request, _ context: Context) async throws -> Response {
    let alerts = try await AlertmanagerQuery(request).alerts(of: incidents)
    let groups = Dictionary(grouping: alerts, by: \.alert.groupKey).sorted { $0.key < $1.key }
    return try .json(JSONValue.array(groups.map { AlertmanagerAlert.group($0.value) }), status: .ok)
  }

  /// Upstream forgets a silence five days after its end.
  @Sendable private func listSilences(_ request: Request, _ context: Context) async throws -> Response {
    let matchers = try AlertmanagerQuery(request).matchers
    let silences = try await incidents.silences(
      expiredSince: incidents.database.now().addingTimeInterval(-5 * 86_400))
    let shown = try silences.filter { try AlertmanagerSilence.fits($0, matchers) }.map(AlertmanagerSilence.shown)
    return try .json(JSONValue.array(shown), status: .ok)
  }

  @Sendable private func setSilence(_ request: Request, _ context: Context) async throws -> Response {
    guard let visitor = context.visitor else { throw Failure(.unauthenticated, "a token is needed") }
    let posted = try PostedSilence(await desk.json(request))
    let silence = try await incidents.setSilence(posted, by: posted.author(visitor))
    return try .json(JSONValue.object(["silenceID": .string(silence.silenceGuid)]), status: .ok)
  }
}

extension Context {
  /// The silence that the path names.
  fileprivate var silence: String { get throws { try parameters.require("silence").removingPercentEncoding ?? "" } }
}
