import API
import Hummingbird
import Storage
import Tocsin

/// For whoever watches this process. Neither route needs a token, and neither tells anything about incidents.
struct HealthRoutes {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(
      Endpoint(Route(.get, "/healthz", .anyone, "The process answers."), "get_health", answers: [.text]), alive)
    table.add(
      Endpoint(
        Route(.get, "/readyz", .anyone, "The database takes writes, so alerts can be taken in."), "get_readiness",
        answers: [.text]), ready)
  }

  @Sendable private func alive(_ request: Request, _ context: Context) -> Response { .text("ok\n") }

  @Sendable private func ready(_ request: Request, _ context: Context) async throws -> Response {
    // Writes nothing, in a transaction of its own.
    try await within(.seconds(2)) { try await incidents.database.write { _ in } }
    return .text("ready\n")
  }
}
