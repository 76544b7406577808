import Logging
import ServiceLifecycle
import Tocsin

/// Lets the dispatcher finish when the process is told to stop.
struct Dispatching: Service {
  let dispatcher: Dispatcher

  /// Seconds after which what hangs is left to the next start: a little less than the service group waits.
  private static let patience = 7.0

  func run() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let work = Task {
      await dispatcher.run()
      end.finish()
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      for await _ in ended {}
    } onCancelOrGracefulShutdown: {
      work.cancel()
      Task {
        try? await Task.sleep(for: .seconds(Self.patience))
        end.finish()
      }
    }
  }
}

extension Dispatcher {
  /// Works until SIGTERM or SIGINT, and then ends as ``Server/run(whenReady:)`` does: what `tocsin deliver` runs.
  public func runUntilToldToStop(logger: Logger) async throws {
    try await runUntilTold([Dispatching(dispatcher: self)], logger: logger)
  }
}

/// Runs `services` until SIGTERM or SIGINT; then lets them finish what is under way, for ten seconds at most.
func runUntilTold(_ services: [any Service], logger: Logger) async throws {
  var group = ServiceGroupConfiguration(
    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
  group.maximumGracefulShutdownDuration = .seconds(8)
  group.maximumCancellationDuration = .seconds(1)
  try await ServiceGroup(configuration: group).run()
}
