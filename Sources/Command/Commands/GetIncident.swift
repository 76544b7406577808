import API
import ArgumentParser
import Tocsin

struct GetIncident: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "get-incident",
    abstract: "Show an incident and how much hangs on it.",
    discussion: """
      Example:
        tocsin get-incident 019aa7c0
        tocsin get-incident REF-20251229-A7K
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let details = try await desk.details(of: id)
    try output.show(details, id: details.incident.incidentGuid, details.card)
  }
}
