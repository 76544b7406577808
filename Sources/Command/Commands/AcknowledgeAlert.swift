import API
import ArgumentParser
import Tocsin

struct AcknowledgeAlert: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge-alert",
    abstract: "Take an alert on, or give it back.",
    discussion: """
      Its incidents that nobody has taken yet move to INVESTIGATING. After --for, an alert that still fires counts as given
      back, and people are told again.

      Example:
        tocsin acknowledge-alert 019aa7c0-23df --for 2h
        tocsin acknowledge-alert 019aa7c0-23df --undo
      """)

  @Argument(help: "Guid of the alert, or its first characters.") var alert: String
  @Option(
    name: .customLong("for"), parsing: .unconditional, help: "How long: 30m, 2h, 7d, or a time. [default: for good]")
  var span: String?
  @Flag(help: "Give it back.") var undo = false
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    if undo, span != nil { throw Failure(.invalid, "--undo and --for exclude each other; give one of them") }
    let alert =
      undo
      ? try await desk.unacknowledgeAlert(alert, by: actor.by)
      : try await desk.acknowledgeAlert(alert, until: span, by: actor.by)
    try output.show(alert, id: alert.alertGuid, alert.card)
  }
}
