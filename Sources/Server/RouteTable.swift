import API
import Hummingbird
import Tocsin

/// Puts routes into the router, each behind the check of who may use it: no handler can forget it.
struct RouteTable {
  typealias Handler = @Sendable (Request, Context) async throws -> Response

  let router: Router<Context>
  let authorization: Authorization
  /// Every route for programs, in the order they were added, as the OpenAPI document tells of it.
  private(set) var endpoints: [Endpoint] = []
  /// Every route for browsers.
  private(set) var pages: [Route] = []

  init(_ router: Router<Context>, _ authorization: Authorization) {
    self.router = router
    self.authorization = authorization
  }

  /// Every route there is.
  var routes: [Route] { endpoints.map(\.route) + pages }

  mutating func add(_ endpoint: Endpoint, manners: Manners = Manners(), _ handler: @escaping Handler) {
    endpoints.append(endpoint)
    route(endpoint.route, manners, handler)
  }

  /// Adds a route that a browser goes to, and that no program needs.
  mutating func add(page: Route, manners: Manners = Manners(), _ handler: @escaping Handler) {
    pages.append(page)
    route(page, manners) { request, context in try await handler(request, context).gzipped(for: request) }
  }

  private func route(_ route: Route, _ manners: Manners, _ handler: @escaping Handler) {
    let authorization = authorization
    let answer: Handler = { request, context in
      var (request, context) = (request, context)
      do {
        try await authorization.admit(&request, &context, to: route, manners)
        return try await handler(request, context)
      } catch {
        guard let refuse = manners.refuse else { throw error }
        let denial = Denial(error)
        context.trail.note(problem: denial.trace)
        return try refuse(denial, request)
      }
    }
    router.on(RouterPath(route.path), method: route.method.http, use: answer)
    guard route.method == .get else { return }
    router.on(RouterPath(route.path), method: .head, use: answer)
  }
}

extension Route.Method {
  var http: HTTPRequest.Method {
    switch self {
    case .get: .get
    case .post: .post
    case .put: .put
    case .patch: .patch
    case .delete: .delete
    }
  }
}
