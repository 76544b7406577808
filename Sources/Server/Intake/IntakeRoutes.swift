import API
import Foundation
import Hummingbird
import Logging
import Tocsin

/// Where monitoring systems send their alerts: one door for each dialect. A 2xx means that the alerts are on disk.
///
/// A dialect with one address and no manners of its own needs no more than its line in ``AlertSources``; the others have a
/// door of their own in this folder and a line here.
struct IntakeRoutes {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    JSONDoor(desk: desk).add(to: &table)
    CloudEventsDoor(desk: desk).add(to: &table)
    HeartbeatDoor(incidents: desk.incidents).add(to: &table)
    GrafanaDoor(desk: desk).add(to: &table)
    PagerDutyDoor(desk: desk).add(to: &table)
    OpsgenieDoor(desk: desk).add(to: &table)
    for source in AlertSources.plain {
      let route = Route(.post, "/in/\(source.name)", .intake, "Take in alerts as \(source.name) sends them.")
      let endpoint = Endpoint(
        route, "receive_\(source.name)", body: .init("application/json", .anything), answers: [.json(Intake.self)])
      table.add(endpoint) { request, _ in
        let body = try await desk.json(request)
        return try .json(await desk.receive(source.alerts(in: body).map { .state($0) }), status: .ok)
      }
    }
    AlertmanagerRoutes(desk: desk).add(to: &table)
  }
}
