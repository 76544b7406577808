import Hummingbird
import Storage
import Tocsin

/// For whoever watches this process. Neither route needs a token, and neither tells anything about incidents.
struct HealthRoutes {
  let incidents: Incidents

  func add(to router: Router<RequestContext>) {
    router.get("healthz", use: alive)
    router.get("readyz", use: ready)
  }

  /// The process answers.
  @Sendable private func alive(_ request: Request, _ context: RequestContext) -> String { "ok\n" }

  /// The database answers: alerts can be taken in.
  @Sendable private func ready(_ request: Request, _ context: RequestContext) async throws -> String {
    _ = try await incidents.hasTokens()
    return "ready\n"
  }
}
