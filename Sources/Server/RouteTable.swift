import API
import Hummingbird
import Tocsin

/// Puts routes into the router, each behind the check of who may use it: no handler can forget it.
struct RouteTable {
  let router: Router<Context>
  let authorization: Authorization
  /// Every route there is, in the order they were added, as the OpenAPI document tells of it.
  private(set) var endpoints: [Endpoint] = []

  init(_ router: Router<Context>, _ authorization: Authorization) {
    self.router = router
    self.authorization = authorization
  }

  mutating func add(
    _ endpoint: Endpoint, _ handler: @escaping @Sendable (Request, Context) async throws -> Response
  ) {
    endpoints.append(endpoint)
    let (authorization, route) = (authorization, endpoint.route)
    let answer: @Sendable (Request, Context) async throws -> Response = { request, context in
      var context = context
      context.visitor = try await authorization.admit(request, context, to: route)
      return try await handler(request, context)
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
