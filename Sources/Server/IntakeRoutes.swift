import API
import Foundation
import Hummingbird
import Logging
import Tocsin

/// Where monitoring systems send their alerts: one door for each dialect. A 2xx means that the alerts are on disk.
struct IntakeRoutes {
  /// Bytes; a larger body is refused with 413.
  static let largestBody = 1 << 20

  let incidents: Incidents
  let logger: Logger

  func add(to table: inout RouteTable) {
    for source in AlertSources.all {
      let route = Route(.post, "/in/\(source.name)", .intake, "Take in alerts as \(source.name) sends them.")
      let endpoint = Endpoint(
        route, "receive_\(source.name)", body: .init("application/json", .anything), answers: [.json(Intake.self)])
      table.add(endpoint) { request, context in try await receive(source, request) }
    }
  }

  private func receive(_ source: any AlertSource.Type, _ request: Request) async throws -> Response {
    try request.requireJSON()
    let body = try await request.body.collect(upTo: Self.largestBody)
    let intake = try await incidents.receive(source.alerts(in: Data(buffer: body)))
    logger.info(
      "alerts received",
      metadata: ["source": "\(source.name)", "alerts": "\(intake.received)", "opened": "\(intake.opened.count)"])
    return try .json(intake, status: .ok)
  }
}
