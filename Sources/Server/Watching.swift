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
        do {
          let isBusy = try await incidents.checkAlerts()
          if try await incidents.checkHeartbeats(listeningSince: start) || isBusy { continue }
        } catch {
          logger.warning("alerts could not be checked", metadata: ["error": "\(Failure(error).message)"])
        }
        try? await Task.sleep(for: Self.pause)
      }
    }
  }
}
