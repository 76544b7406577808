import API
import ArgumentParser
import Tocsin

struct MergeIncidents: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-incidents",
    abstract: "Merge one incident into another, which is shown.",
    discussion: """
      Alerts, notes, timeline and messages move to the target; the source closes for good. REFs sent for the source lead to
      the target from then on.

      Example:
        tocsin merge-incidents 019aa7c1 019aa7c0 --by admin
      """)

  @Argument(help: "The incident to merge and close.") var source: String
  @Argument(help: "The incident that takes everything over.") var target: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let incident = try await desk.merge(source, into: target, by: actor.by)
    try output.show(incident, id: incident.incidentGuid, incident.card)
  }
}
