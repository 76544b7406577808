import API
import Foundation
import HTTPTypes
import Hummingbird
import Tocsin

/// Grafana's webhook, by POST or PUT. With a secret in the configuration, the signature is the credential, and nothing
/// else is.
struct GrafanaDoor {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    let summary =
      "Take in alerts as Grafana sends them. With intake.grafana.secret set, its signature is asked for instead of a token."
    for (method, name) in [(Route.Method.post, "receive_grafana"), (.put, "receive_grafana_by_put")] {
      var endpoint = Endpoint(
        Route(method, "/in/grafana", .intake, summary), name, body: .init("application/json", .anything),
        answers: [.json(Intake.self)])
      endpoint.provesItself = desk.incidents.settings.grafanaSignature != nil
      table.add(endpoint, manners: Manners(credential: credential), receive)
    }
  }

  @Sendable private func receive(_ request: Request, _ context: Context) async throws -> Response {
    let alerts = try Grafana.alerts(in: await desk.json(request))
    return try .json(await desk.receive(alerts.map { .state($0) }), status: .ok)
  }

  @Sendable private func credential(_ request: inout Request) async throws -> Credential? {
    guard let signature = desk.incidents.settings.grafanaSignature else { return nil }
    let body = Data(buffer: try await request.collectBody(upTo: Limits.largestBody))
    let headers = request.headers
    try signature.verify(body, now: desk.incidents.database.now()) { name in
      HTTPField.Name(name).flatMap { headers[$0] }
    }
    return .signature
  }
}
