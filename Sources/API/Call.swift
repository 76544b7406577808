import Foundation
import Tocsin

/// One thing that can be done with Tocsin, with its values: what a command makes, what goes over the wire, and what the
/// server does. Its properties are the JSON names in Swift's spelling; those in the route's braces go into the path, the others
/// into the query of a GET or DELETE and into the body of anything else.
///
/// Add a call: a file in `Calls/` and a line in ``Calls/all``.
public protocol Call: Codable, Sendable {
  associatedtype Answer: Codable & Sendable

  static var route: Route { get }
  /// The status of success.
  static var status: Int { get }
  /// Who is said to act, when it is not whoever calls.
  var onBehalfOf: String? { get }

  /// Does it. `principal` is who acts.
  func perform(on incidents: Incidents, by principal: Principal) async throws -> Answer

  /// How the answer is written; JSON unless a call says otherwise.
  static func content(_ answer: Answer) throws -> (type: String, text: String)
  /// Reads what ``content(_:)`` wrote.
  static func answer(_ type: String, _ text: Data) throws -> Answer
  /// What the answers are, for the OpenAPI document.
  static var answers: [Endpoint.Content] { get }
}

extension Call {
  public static var status: Int { 200 }
  public var onBehalfOf: String? { nil }

  public static func content(_ answer: Answer) throws -> (type: String, text: String) {
    ("application/json", try JSON.encode(answer) + "\n")
  }

  public static func answer(_ type: String, _ text: Data) throws -> Answer { try JSON.decode(Answer.self, from: text) }

  public static var answers: [Endpoint.Content] { [.json(Answer.self)] }

  /// `create_incident`.
  public static var name: String { String(snakeCase(String(describing: Self.self)).dropFirst()) }

  /// What the OpenAPI document says of it.
  public static var endpoint: Endpoint {
    let rest = shape.fields(Set(route.parameters), included: false)
    let isInBody = route.method.hasBody
    var endpoint = Endpoint(
      route, name, query: isInBody ? [] : rest.fields,
      body: isInBody && !rest.fields.isEmpty ? Endpoint.Content("application/json", .record(rest)) : nil,
      status: status, answers: answers)
    if route.method == .post {
      endpoint.requestHeaders.append(.idempotencyKey)
      endpoint.answerHeaders.append(.replayed)
    }
    if Self.self is any ConditionalCall.Type { endpoint.requestHeaders.append(.ifMatch) }
    if Answer.self is any Versioned.Type {
      endpoint.answerHeaders.append(.tag)
      if route.method == .get { endpoint.requestHeaders.append(.ifNoneMatch) }
    }
    if Self.self is any PagedCall.Type { endpoint.answerHeaders.append(.link) }
    return endpoint
  }
}

extension Endpoint.HeaderField {
  static let idempotencyKey = Self(
    name: "Idempotency-Key", hint: "The same key and body give the first answer again, for 24 hours.",
    pattern: "^[!-~]{1,255}$")
  static let replayed = Self(name: "Idempotency-Replayed", hint: "`true` on the answer of an earlier request.")
  static let ifMatch = Self(
    name: "If-Match", hint: "Change it only if it has one of these versions, such as \"7\"; else 412.",
    pattern: #"^(\*|"[0-9]{1,9}")$"#)
  static let ifNoneMatch = Self(
    name: "If-None-Match", hint: "304 when it still has this entity tag.", pattern: #"^"[0-9]{1,9}-[0-9]{1,9}"$"#)
  static let tag = Self(name: "ETag", hint: "The version of the incident.")
  static let link = Self(name: "Link", hint: "Where the next page is: `<…>; rel=\"next\"`.")
}

/// A call that answers a list in pages.
public protocol PagedCall: Call where Answer == Page<Item> {
  associatedtype Item: Codable & Sendable
  var limit: Int? { get set }
  var cursor: String? { get set }
}

extension PagedCall {
  /// What the domain takes.
  var page: PageRequest { PageRequest(limit: limit ?? 50, cursor: cursor?.isEmpty == true ? nil : cursor) }
}

extension Route.Method {
  /// Whether values go into the body, not into the query.
  public var hasBody: Bool { self != .get && self != .delete }
}

extension Route {
  /// A route below `/api/v1`.
  static func api(_ method: Method, _ path: String, _ access: Access, _ summary: String) -> Route {
    Route(method, "/api/v1" + path, access, summary)
  }
}

/// The answer of a call that has nothing to say.
public struct Done: Codable, Sendable {
  public init() {}
}
