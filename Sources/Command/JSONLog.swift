import Foundation
import Logging
import Tocsin

/// One line of JSON an event, on stderr: whatever an event carries, it cannot forge a second line.
struct JSONLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  private let label: String

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line: [String: String] = [:]
    for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) { line[key] = "\(value)" }
    line["time"] = JSON.time(Date())
    line["level"] = event.level.rawValue
    line["logger"] = label
    line["message"] = "\(event.message)"
    if let text = try? JSON.encode(line) { Terminal.complain(text) }
  }
}
