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
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          if try await incidents.checkAlerts() { continue }
        } catch {
          logger.warning("alerts could not be checked", metadata: ["error": "\(Failure(error).message)"])
        }
        try? await Task.sleep(for: Self.pause)
      }
    }
  }
}
