import API
import ArgumentParser
import Tocsin

struct SetHeartbeat: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-heartbeat",
    abstract: "Say how often a job has to call; its silence is an alert.",
    discussion: """
      The job calls /in/heartbeats/NAME of `tocsin serve`, by GET or POST, with a token of role ingest. When it does not, an
      alert fires; the next call resolves it. Setting one that exists replaces what was said of it.

      Example:
        tocsin set-heartbeat nightly-backup --every 1d --grace 2h --severity HIGH --package BACKUP
      """)
  static let makesDatabase = true

  @Argument(help: "What it is called, in the address too.") var name: String
  @Option(parsing: .unconditional, help: "At most so long between two calls: 30s, 5m, 2h, 1d.") var every: String
  @Option(parsing: .unconditional, help: "So much later nobody minds. [default: 1m]") var grace: String?
  @Option(help: "Of the alert: CRITICAL, HIGH, MEDIUM or LOW. [default: HIGH]", completion: .words(Severity.self))
  var severity: String?
  @Option(parsing: .unconditional, help: "Of the alert: the system at fault. [default: heartbeat]") var package: String?
  @Option(parsing: .unconditional, help: "Of the alert. [default: No heartbeat from NAME]") var title: String?
  @Flag(help: "Keep it, but let its silence pass.") var off = false
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let draft = HeartbeatDraft(
      interval: try span(every, "every"), grace: try grace.map { try span($0, "grace") },
      severity: try severity.map { try Severity(word: $0) }, package: package, title: title, isEnabled: !off)
    let names = TypedNames([
      "heartbeat_name": "NAME", "interval_seconds": "--every", "grace_seconds": "--grace", "package": "--package",
      "title": "--title",
    ])
    let heartbeat = try await names.saying { try await desk.setHeartbeat(name, draft, by: actor.by) }
    try output.show(heartbeat, id: heartbeat.heartbeatName, heartbeat.card)
  }

  private func span(_ text: String, _ option: String) throws -> Int {
    guard let seconds = Duration.span(text) else {
      throw Failure(.invalid, "--\(option) \"\(printable(text))\" is no span of time; write 30s, 5m, 2h or 1d")
    }
    return seconds
  }
}
