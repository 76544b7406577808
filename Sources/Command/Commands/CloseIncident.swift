import API
import ArgumentParser
import Tocsin

struct CloseIncident: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "close-incident",
    abstract: "Close an incident with its resolution.",
    discussion: """
      Example:
        tocsin close-incident 019aa7c0 --resolution-summary "Added index" --root-cause "Missing index"
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(parsing: .unconditional, help: "How it was resolved; - reads it from stdin.") var resolutionSummary: String?
  @Option(parsing: .unconditional, help: "What caused it; - reads it from stdin.") var rootCause: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if resolutionSummary == "-", rootCause == "-" {
      throw ValidationError("Standard input can be read once: write - for --resolution-summary or for --root-cause.")
    }
  }

  func run(_ desk: any Desk, _ output: Output) async throws {
    let incident = try await desk.close(
      id, resolutionSummary: resolutionSummary.map { try orStandardInput($0, "resolution_summary") },
      rootCause: rootCause.map { try orStandardInput($0, "root_cause") }, by: actor.by)
    try output.show(incident, id: incident.incidentGuid, incident.card)
  }
}
