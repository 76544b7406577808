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

  /// The database takes writes: alerts can be taken in.
  @Sendable private func ready(_ request: Request, _ context: RequestContext) async throws -> String {
    try await write(within: .seconds(2))
    return "ready\n"
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
