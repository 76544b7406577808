import API
import ArgumentParser
import Tocsin

struct DeleteHeartbeat: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete-heartbeat",
    abstract: "Delete a heartbeat; its alert resolves.",
    discussion: """
      Example:
        tocsin delete-heartbeat nightly-backup
      """)

  @Argument(help: "The heartbeat's name.") var name: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let heartbeat = try await desk.heartbeat(name)
    try await desk.deleteHeartbeat(name, by: actor.by)
    try output.show(heartbeat, id: heartbeat.heartbeatName, Card(nil, [("deleted", heartbeat.heartbeatName)]))
  }
}
