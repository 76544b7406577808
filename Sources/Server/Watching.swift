import Foundation
import Logging
import ServiceLifecycle
import Tocsin

/// Looks every half a second for alerts about which time alone changes something.
struct Watching: Service {
  let incidents: Incidents
  let logger: Logger

  private static let pause = Duration.milliseconds(500)

  func run() async throws {
    let start = incidents.database.now()
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let alerts = await attempt("alerts") { try await incidents.checkAlerts() }
        let heartbeats = await attempt("heartbeats") {
          try await incidents.checkHeartbeats(listeningSince: start, logger: logger)
        }
        if !alerts, !heartbeats { try? await Task.sleep(for: Self.pause) }
      }
    }
  }

  /// Neither waits for the other's troubles.
  private func attempt(_ what: String, _ check: () async throws -> Bool) async -> Bool {
    do {
      return try await check()
    } catch {
      // Said once, by the dispatcher.
      if incidents.isTooOld { return false }
      logger.warning("\(what) could not be checked", metadata: ["error": "\(Failure(error).message)"])
      return false
    }
  }
}
