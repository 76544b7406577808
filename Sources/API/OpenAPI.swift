import Tocsin

/// The OpenAPI document (version 3.1): written from the very declarations that requests are read and routed by.
public enum OpenAPI {
  /// - Parameter endpoints: every route of the server.
  public static func document(_ endpoints: [Endpoint], version: String) -> JSONValue {
    var schemas: [String: JSONValue] = ["Problem": problem]
    var paths: [String: [String: JSONValue]] = [:]
    for endpoint in endpoints {
      schemas.merge(endpoint.records) { first, _ in first }
      paths[endpoint.route.path, default: [:]][endpoint.route.method.rawValue.lowercased()] = endpoint.document
    }
    return .object([
      "openapi": "3.1.0",
      "info": .object([
        "title": "Tocsin", "version": .string(version),
        "description": .string(introduction),
      ]),
      "servers": .array([.object(["url": "/"])]),
      "security": .array([]),
      "paths": .object(paths.mapValues { .object($0) }),
      "components": .object([
        "schemas": .object(schemas),
        "responses": .object(Dictionary(uniqueKeysWithValues: Refusal.all.map { ($0.name, $0.document) })),
        "securitySchemes": .object([
          "token": .object([
            "type": "http", "scheme": "bearer",
            "description": "A token of `tocsin create-token`; also taken as the password of basic authentication.",
          ])
        ]),
      ]),
    ])
  }

  private static let introduction = """
    JSON with snake_case names; times are UTC, RFC 3339, with milliseconds. Wherever a path takes an {id}, that is an incident's \
    guid, its first 6 or more characters, or the REF of one of its messages. Words such as CRITICAL are taken in any case. \
    Lists come in pages: pass next_cursor as cursor. Refusals are problem documents (RFC 9457) with a stable code. Fields may be \
    added to answers, and words to lists such as event_type. Any address may also answer 405 for another method, 408 for a \
    request that is sent too slowly, 414 and 431 for one with too long an address or headers, and 500 for a fault of the server.
    """

  private static let problem: JSONValue = .object([
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": .array(["type", "title", "status", "code", "detail"]),
    "properties": .object([
      "type": text("about:blank"), "title": text("The status in words."),
      "status": .object(["type": "integer", "description": "The HTTP status."]),
      "code": text("For programs; stable."), "detail": text("What is wrong, and what is allowed."),
      "pointer": text("Where in the body the fault is, as a JSON pointer."),
      "parameter": text("The parameter of path or query at fault."),
      "allowed": .object([
        "type": "array", "items": .object(["type": "string"]), "description": "What would be accepted.",
      ]),
      "request_id": text("Names the request in the server's log."),
    ]),
  ])

  private static func text(_ hint: String) -> JSONValue { .object(["type": "string", "description": .string(hint)]) }
}

/// A refusal that routes share.
struct Refusal {
  let name: String
  let status: Int
  let hint: String

  var document: JSONValue {
    .object([
      "description": .string(hint),
      "content": .object([
        "application/problem+json": .object(["schema": .object(["$ref": "#/components/schemas/Problem"])])
      ]),
    ])
  }

  static let malformed = Refusal(name: "Malformed", status: 400, hint: "The request cannot be read.")
  static let unauthenticated = Refusal(name: "Unauthenticated", status: 401, hint: "A valid token is needed.")
  static let forbidden = Refusal(name: "Forbidden", status: 403, hint: "The caller's role may not do this.")
  static let notFound = Refusal(name: "NotFound", status: 404, hint: "There is no such thing.")
  static let conflict = Refusal(name: "Conflict", status: 409, hint: "The thing's state does not allow this.")
  static let outdated = Refusal(name: "Outdated", status: 412, hint: "Somebody changed it meanwhile.")
  static let tooLarge = Refusal(
    name: "TooLarge", status: 413, hint: "The body is larger than the route takes: 1 MiB, or less.")
  static let mediaType = Refusal(name: "UnsupportedMediaType", status: 415, hint: "The body must be JSON.")
  static let invalid = Refusal(name: "Invalid", status: 422, hint: "A value is not allowed.")
  static let tooMany = Refusal(name: "TooMany", status: 429, hint: "Too much at once; see Retry-After.")
  static let unavailable = Refusal(
    name: "Unavailable", status: 503, hint: "The database or a channel is away; see Retry-After.")

  static let all = [
    malformed, unauthenticated, forbidden, notFound, conflict, outdated, tooLarge, mediaType, invalid, tooMany,
    unavailable,
  ]
}
