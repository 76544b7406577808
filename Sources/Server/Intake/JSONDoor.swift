import API
import Hummingbird
import Tocsin

/// Alerts in our own words, and in the words of others by a mapping of the configuration.
struct JSONDoor {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    let json = Endpoint.Content("application/json", .anything)
    table.add(Endpoint(SendAlert.route, "receive_json", body: json, answers: [.json(SentAlerts.self)])) {
      request, _ in
      let body = try await desk.json(request)
      return try await answer(PlainJSON.alerts(in: body, now: desk.now))
    }
    let route = Route(
      .post, "/in/json/{mapping}", .intake, "Take in alerts by a mapping of the configuration (`intake.json`).")
    table.add(Endpoint(route, "receive_mapped_json", body: json, answers: [.json(SentAlerts.self)])) {
      request, context in
      let name = try context.parameters.require("mapping")
      let mapping = try mapping(name)
      let body = try await desk.json(request)
      return try await answer(mapping.alerts(in: body, name: name, now: desk.now))
    }
  }

  private func answer(_ alerts: [ReceivedAlert]) async throws -> Response {
    try .json(SentAlerts(await desk.receive(alerts.map { .state($0) })), status: .ok)
  }

  private func mapping(_ name: String) throws -> JSONMapping {
    let mappings = desk.incidents.settings.jsonMappings
    if let mapping = mappings[name] { return mapping }
    let known = mappings.keys.sorted()
    throw Failure(
      .notFound,
      "there is no mapping \"\(printable(name))\"\(hint(name, known)) under intake.json of the configuration",
      field: "mapping", allowed: known)
  }
}
