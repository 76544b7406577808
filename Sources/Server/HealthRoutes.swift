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
    try await write(within: .seconds(2))
    return .text("ready\n")
  }

  /// Writes nothing, in a transaction of its own. One that comes too late ends by itself, unheard.
  private func write(within limit: Duration) async throws {
    let (ends, end) = AsyncThrowingStream.makeStream(of: Void.self)
    let timer = Task {
      try await Task.sleep(for: limit)
      end.finish(throwing: Failure(.unavailable, "the database takes no writes at the moment"))
    }
    defer { timer.cancel() }
    Task {
      do {
        try await incidents.database.write { _ in }
        end.finish()
      } catch {
        end.finish(throwing: error)
      }
    }
    for try await _ in ends {}
  }
}
