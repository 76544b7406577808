import API
import Tocsin

/// Alertmanager's webhook.
struct AlertmanagerDoor {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    let route = Route(.post, "/in/alertmanager", .intake, "Take in alerts as Alertmanager's webhook sends them.")
    let endpoint = Endpoint(
      route, "receive_alertmanager", body: .init("application/json", .anything), answers: [.json(Intake.self)])
    table.add(endpoint) { request, _ in
      let alerts = try Alertmanager.alerts(in: await desk.json(request))
      return try .json(await desk.receive(alerts.map { .state($0) }), status: .ok)
    }
  }
}
