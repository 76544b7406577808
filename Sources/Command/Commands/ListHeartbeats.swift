import API
import ArgumentParser
import Tocsin

struct ListHeartbeats: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-heartbeats",
    abstract: "List the heartbeats, with when they were called last.",
    discussion: """
      Example:
        tocsin list-heartbeats
      """)

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let heartbeats = try await desk.heartbeats()
    let rows = heartbeats.map { heartbeat in
      [
        heartbeat.heartbeatName, heartbeat.state, Duration.words(heartbeat.intervalSeconds),
        Duration.words(heartbeat.graceSeconds), heartbeat.severity.rawValue, heartbeat.package,
        shortTime(heartbeat.lastBeatAt), shortTime(heartbeat.dueAt),
      ]
    }
    try output.show(
      heartbeats, ids: heartbeats.map(\.heartbeatName),
      Table(
        ["name", "state", "every", "grace", "severity", "package", "last call", "due"], rows,
        whenEmpty: "No heartbeats. `tocsin set-heartbeat --help` shows how to make one."))
  }
}

extension Heartbeat {
  var card: Card {
    Card(
      nil,
      [
        ("name", heartbeatName), ("state", state), ("every", Duration.words(intervalSeconds)),
        ("grace", Duration.words(graceSeconds)), ("severity", severity.rawValue), ("package", package),
        ("title", title ?? ""), ("last call", shortTime(lastBeatAt)), ("due", shortTime(dueAt)),
        ("missed", shortTime(missedAt)),
      ])
  }

  fileprivate var state: String { !isEnabled ? "off" : missedAt != nil ? "missed" : lastBeatAt == nil ? "new" : "ok" }
}
