import API
import ArgumentParser
import Tocsin

struct UpdateStatus: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "update-status",
    abstract: "Move an incident to another status.",
    discussion: """
      CREATED → INVESTIGATING, CLOSED · INVESTIGATING → MONITORING, CLOSED
      MONITORING → INVESTIGATING, CLOSED · CLOSED → INVESTIGATING (reopens)

      Example:
        tocsin update-status 019aa7c0 INVESTIGATING --by engineer1
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Argument(help: "INVESTIGATING, MONITORING or CLOSED.", completion: .words(Status.self)) var status: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let incident = try await desk.updateStatus(id, to: Status(word: status), by: actor.by)
    try output.show(incident, id: incident.incidentGuid, incident.card)
  }
}
