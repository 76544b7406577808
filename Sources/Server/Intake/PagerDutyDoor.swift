import API
import Foundation
import Hummingbird
import Tocsin

/// PagerDuty's Events API v2, answered as PagerDuty does. Its senders have no header for a token: the routing key is one.
struct PagerDutyDoor {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    let route = Route(
      .post, "/in/pagerduty/v2/enqueue", .intake,
      "Take in an event as PagerDuty's Events API v2 does. The event's routing_key may be the token.")
    var endpoint = Endpoint(
      route, "receive_pagerduty", body: .init("application/json", .anything), status: 202, answers: [.object])
    endpoint.refusal = .object
    endpoint.provesItself = true
    table.add(endpoint, manners: Manners(credential: credential, refusal: Self.refusal), enqueue)
  }

  @Sendable private func enqueue(_ request: Request, _ context: Context) async throws -> Response {
    let event = try PagerDutyEvents.event(in: await desk.json(request)) { UUID().uuidString.lowercased() }
    _ = try await desk.receive([event.signal])
    let answer: [String: JSONValue] = [
      "status": "success", "message": "Event processed", "dedup_key": .string(event.dedupKey),
    ]
    return try .json(JSONValue.object(answer), status: .accepted)
  }

  /// What cannot be read is refused as coming from nobody.
  @Sendable private func credential(_ request: inout Request) async throws -> Credential? {
    if request.headers[.authorization] != nil { return nil }
    let body = Data(buffer: try await request.collectBody(upTo: Limits.largestBody))
    return PagerDutyEvents.routingKey(in: body).map { .token($0, place: "/routing_key") }
  }

  /// PagerDuty calls every bad event 400, one with a bad key too. What is worth another try is 5xx.
  private static func refusal(_ denial: Denial) throws -> Response {
    let isBadKey = denial.status == .unauthorized && denial.field == "/routing_key"
    let isBadEvent = isBadKey || denial.status == .badRequest || denial.status == .unprocessableContent
    let sentence = isBadKey ? "Invalid routing key: \(denial.sentence)" : denial.sentence
    let isOurs = denial.status.code >= 500
    let answer: [String: JSONValue] =
      isOurs
      ? ["status": "error", "message": .string(sentence)]
      : ["status": "invalid event", "message": "Event object is invalid", "errors": .array([.string(sentence)])]
    var response = try Response.json(JSONValue.object(answer), status: isBadEvent ? .badRequest : denial.status)
    for header in denial.headers where !isBadKey { response.headers[header.name] = header.value }
    return response
  }
}
