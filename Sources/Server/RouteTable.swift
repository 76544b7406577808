import API
import Hummingbird
import Tocsin

/// Puts routes into the router, each behind the check of who may use it: no handler can forget it.
struct RouteTable {
  let router: Router<Context>
  private let authorization: Authorization
  /// Every route there is, in the order they were added, as the OpenAPI document tells of it.
  private(set) var operations: [Operation] = []

  init(_ router: Router<Context>, _ authorization: Authorization) {
    self.router = router
    self.authorization = authorization
  }

  mutating func add(
    _ operation: Operation, _ handler: @escaping @Sendable (Request, Context) async throws -> Response
  ) {
    operations.append(operation)
    let (authorization, route) = (authorization, operation.route)
    router.on(RouterPath(route.path), method: route.method.http) { request, context in
      var context = context
      context.visitor = try await authorization.admit(request, to: route)
      return try await handler(request, context)
    }
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
