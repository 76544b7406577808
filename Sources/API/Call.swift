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
    return Endpoint(
      route, name, query: isInBody ? [] : rest.fields,
      body: isInBody && !rest.fields.isEmpty ? Endpoint.Content("application/json", .record(rest)) : nil,
      status: status, answers: answers)
  }
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
