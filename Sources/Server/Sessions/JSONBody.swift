import API
import Foundation
import Hummingbird
import Tocsin

/// Reads the JSON body of a route that is no ``Call``, and tells the OpenAPI document what it takes.
struct JSONBody<Body: Decodable & Sendable>: Sendable {
  private let shape = Shape.of(Body.self)

  var content: Endpoint.Content { .json(Body.self) }

  /// - Throws: ``Failure`` with code `malformed` or `invalid`; 413 or 415.
  func read(_ request: Request) async throws -> Body {
    try request.requireJSON()
    let body: Data
    do {
      body = Data(buffer: try await request.body.collect(upTo: Request.largestForm))
    } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
      throw BodyTooLarge(limit: Request.largestForm)
    }
    guard case .object = try JSON.value(body) else {
      throw Failure(.invalid, "the body must be a JSON object", field: "")
    }
    let values = try shape.checked(JSON.value(body), at: "")
    return try JSON.decode(Body.self, from: Data(JSON.encode(values).utf8))
  }

  /// `failure` with its field as a JSON pointer.
  func placed(_ failure: Failure) -> Failure {
    guard let field = failure.field, !field.hasPrefix("/") else { return failure }
    return failure.placed(at: "/" + field)
  }
}
