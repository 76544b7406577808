import API
import Foundation
import Hummingbird
import Tocsin

/// CloudEvents 1.0, in the modes of its HTTP binding (bindings/http-protocol-binding.md, section 3): the content type tells
/// structured and batch, headers tell binary.
struct CloudEventsDoor {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    let route = Route(.post, "/in/cloudevents", .intake, "Take in CloudEvents 1.0: structured, batch or binary.")
    let endpoint = Endpoint(
      route, "receive_cloudevents", body: .init("application/cloudevents+json", .anything),
      answers: [.json(Intake.self)])
    table.add(endpoint) { request, _ in
      let alerts = try await alerts(request)
      return try .json(await desk.receive(alerts.map { .state($0) }), status: .ok)
    }
  }

  private func alerts(_ request: Request) async throws -> [ReceivedAlert] {
    let type = request.headers[.contentType]
    let media = (type ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    let headers = Dictionary(
      request.headers.filter { $0.name.canonicalName.hasPrefix("ce-") }.map { ($0.name.canonicalName, $0.value) },
      uniquingKeysWith: { "\($0),\($1)" })
    if media.hasPrefix("application/cloudevents-batch") {
      guard media.hasSuffix("+json") else { throw HTTPError(.unsupportedMediaType) }
      return try await CloudEvents.alerts(batch: desk.bytes(request), now: desk.now)
    }
    if media.hasPrefix("application/cloudevents") {
      guard media.hasSuffix("+json") else { throw HTTPError(.unsupportedMediaType) }
      return try await CloudEvents.alerts(structured: desk.bytes(request), now: desk.now)
    }
    // No page of another site can send such headers unasked.
    if !headers.isEmpty {
      return try await CloudEvents.alerts(binary: desk.bytes(request), headers: headers, type: type, now: desk.now)
    }
    // Many senders of structured events call them plain JSON.
    return try await CloudEvents.alerts(structured: desk.json(request), now: desk.now)
  }
}
