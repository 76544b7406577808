import API
import Foundation
import Hummingbird
import Tocsin

/// Opsgenie's Alert API, also below the path of its successor, Jira Service Management. Its key is a token. What Opsgenie
/// does later, Tocsin has done when it answers.
struct OpsgenieDoor {
  let desk: IntakeDesk

  private static let places = [
    ("opsgenie", "/in/opsgenie/v2/alerts"), ("jsm", "/in/opsgenie/jsm/ops/integration/v2/alerts"),
  ]

  func add(to table: inout RouteTable) {
    for (name, path) in Self.places {
      add(
        .post, path, "create_\(name)_alert", "Create an alert as Opsgenie does; the GenieKey is a token.", &table,
        create)
      add(
        .get, path + "/requests/{request_id}", "get_\(name)_request", "What came of a request, as Opsgenie tells it.",
        &table, outcome)
      add(.get, path + "/{identifier}", "get_\(name)_alert", "An alert as Opsgenie shows it.", &table, show)
      for verb in Opsgenie.Verb.allCases {
        add(
          verb.isChange ? .put : .post, path + "/{identifier}/\(verb)", "\(verb)_\(name)_alert",
          "Do to an alert what Opsgenie calls \(verb).", &table
        ) { try await act(verb, $0, $1) }
      }
    }
  }

  private func add(
    _ method: Route.Method, _ path: String, _ name: String, _ summary: String, _ table: inout RouteTable,
    _ handler: @escaping RouteTable.Handler
  ) {
    let isSent = method != .get
    let query = path.contains("{identifier}") ? [RecordShape.Field.identifierType] : []
    var endpoint = Endpoint(
      Route(method, path, .intake, summary), name, query: query,
      body: isSent ? .init("application/json", .anything) : nil, status: isSent ? 202 : 200, answers: [.object])
    endpoint.isBodyRequired = query.isEmpty
    endpoint.refusal = .object
    table.add(endpoint, manners: Manners(refusal: Self.refusal), handler)
  }

  @Sendable private func create(_ request: Request, _ context: Context) async throws -> Response {
    let start = ContinuousClock.now
    let (alias, signals) = try Opsgenie.creation(in: await desk.json(request)) { UUID().uuidString.lowercased() }
    _ = try await desk.receive(signals)
    let alert = try await desk.incidents.alert(Opsgenie.name, .dedupKey(alias))
    return try accepted(.init(verb: nil, .done, alert?.alertGuid, at: desk.incidents.database.now()), start)
  }

  private func act(_ verb: Opsgenie.Verb, _ request: Request, _ context: Context) async throws -> Response {
    let start = ContinuousClock.now
    let key = try Self.key(request, context)
    let body = try await desk.bytes(request)
    if !body.isEmpty { try request.requireJSON() }
    let (outcome, guid) = try await desk.incidents.perform(Opsgenie.actions(verb, on: key, in: body))
    return try accepted(.init(verb: verb, outcome, guid, at: desk.incidents.database.now()), start)
  }

  private func accepted(_ receipt: OpsgenieReceipt, _ start: ContinuousClock.Instant) throws -> Response {
    try Self.answer(["result": "Request will be processed"], receipt.text, start, .accepted)
  }

  @Sendable private func outcome(_ request: Request, _ context: Context) async throws -> Response {
    let start = ContinuousClock.now
    let id = try Self.parameter("request_id", context)
    let none = Failure(.notFound, "there is no request \"\(printable(id))\"", field: "request_id")
    guard let receipt = OpsgenieReceipt(id) else { throw none }
    var alert: Alert?
    if let guid = receipt.alertGuid {
      alert = try await desk.incidents.alert(Opsgenie.name, .guid(guid))
      if alert == nil { throw none }
    }
    return try Self.answer(["data": receipt.answer(alert)], id, start)
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    let start = ContinuousClock.now
    let key = try Self.key(request, context)
    guard let alert = try await desk.incidents.alert(Opsgenie.name, key) else {
      let name = try Self.parameter("identifier", context)
      throw Failure(.notFound, "Alert with id [\(printable(name))] does not exist", field: "identifier")
    }
    return try Self.answer(["data": alert.asOpsgenieShowsIt], RequestID.current ?? "", start)
  }

  private static func key(_ request: Request, _ context: Context) throws -> AlertAction.Key {
    let name = try parameter("identifier", context)
    let type = request.uri.queryParameters["identifierType"].map { String($0) } ?? "id"
    switch type.lowercased() {
    case "id": return .guid(name.lowercased())
    case "alias": return .dedupKey(name)
    default:
      throw Failure(
        .invalid, "identifierType \"\(printable(type))\" is not known here; name the alert by its id or its alias",
        field: "identifierType", allowed: ["id", "alias"])
    }
  }

  private static func parameter(_ name: String, _ context: Context) throws -> String {
    guard let text = try context.parameters.require(name).removingPercentEncoding else {
      throw Failure(.malformed, "\(name) is not percent-encoded UTF-8", field: name)
    }
    return text
  }

  private static func answer(
    _ fields: [String: JSONValue], _ requestID: String, _ start: ContinuousClock.Instant,
    _ status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let took = ((ContinuousClock.now - start) / .milliseconds(1)).rounded() / 1000
    let all = fields.merging(["took": .number(took), "requestId": .string(requestID)]) { first, _ in first }
    return try .json(JSONValue.object(all), status: status)
  }

  private static func refusal(_ denial: Denial) throws -> Response {
    var fields: [String: JSONValue] = ["message": .string(denial.sentence)]
    if denial.status == .unprocessableContent {
      fields["message"] = "Request body is not processable. Please check the errors."
      let field = denial.field ?? "body"
      let name = field.hasPrefix("/") ? String(field.dropFirst()).replacing("/", with: ".") : field
      fields["errors"] = .object([name: .string(denial.sentence)])
    }
    var response = try answer(fields, RequestID.current ?? "", .now, denial.status)
    for header in denial.headers { response.headers[header.name] = header.value }
    return response
  }
}

extension RecordShape.Field {
  fileprivate static let identifierType = RecordShape.Field(
    name: "identifierType", shape: .word(IdentifierType.self), isRequired: false)
}

/// What the identifier in a path is.
private enum IdentifierType: String, Word {
  case id, alias

  static let field = "identifierType"
  static func spelling(_ word: String) -> String { word.lowercased() }
}
