import Logging
import Synchronization

/// Everything that was logged.
final class PrintedLog: LogHandler {
  private let lines = Mutex("")
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  var text: String { lines.withLock { $0 } }

  func log(event: LogEvent) {
    lines.withLock { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
  }
}
