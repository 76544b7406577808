import API
import HTTPTypes
import Hummingbird

extension HTTPRequest.Method {
  // The last is no method of RFC 9110, but one that clients are known to try.
  fileprivate static let known: [HTTPRequest.Method] =
    [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
    + [HTTPRequest.Method("QUERY")].compactMap(\.self)
}

extension Request {
  /// - Throws: 501 for a method that no route could have (RFC 9110, 9.1).
  func requireKnownMethod() throws {
    guard HTTPRequest.Method.known.contains(method) else { throw HTTPError(.notImplemented) }
  }
}

extension RouteTable {
  /// Answers whatever else is asked of a known address: 405, or for OPTIONS what is allowed. Without CORS headers, so that
  /// pages of other sites stay out. To be called when all routes are there.
  func refuseOtherMethods() {
    for (path, routes) in Dictionary(grouping: routes, by: \.path) {
      let known = routes.flatMap { $0.method == .get ? [.get, .head] : [$0.method.http] }
      let allow = HTTPRequest.Method.known.filter { known.contains($0) || $0 == .options }.map(\.rawValue).joined(
        separator: ", ")
      for method in HTTPRequest.Method.known where !known.contains(method) {
        router.on(RouterPath(path), method: method) { _, _ -> Response in
          if method == .options { return Response(status: .noContent, headers: [.allow: allow]) }
          throw MethodNotAllowed(allow: allow)
        }
      }
    }
  }
}

/// A known address was asked for what it does not do.
struct MethodNotAllowed: HTTPResponseError {
  /// The methods that it knows, as the header `Allow` lists them.
  let allow: String
  var status: HTTPResponse.Status { .methodNotAllowed }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    Response(status: status, headers: [.allow: allow])
  }
}
