import API
import ArgumentParser
import Tocsin

struct UpdateIncident: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "update-incident",
    abstract: "Change title, severity, package, description or assignee.",
    discussion: """
      Example:
        tocsin update-incident 019aa7c0 --severity HIGH --assigned-to backend-team
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(parsing: .unconditional, help: "1 to 255 characters.") var title: String?
  @Option(help: "CRITICAL, HIGH, MEDIUM or LOW.", completion: .words(Severity.self)) var severity: String?
  @Option(parsing: .unconditional, help: "1 to 100 characters.") var package: String?
  @Option(parsing: .unconditional, help: "Up to 64 KiB; - reads it from stdin; an empty text removes it.")
  var description: String?
  @Option(parsing: .unconditional, help: "The person or team responsible; an empty text for nobody.") var assignedTo:
    String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if [title, severity, package, description, assignedTo].allSatisfy({ $0 == nil }) {
      throw ValidationError("Nothing to change. Give --title, --severity, --package, --description or --assigned-to.")
    }
  }

  func run(_ desk: any Desk, _ output: Output) async throws {
    let changes = IncidentChanges(
      title: title, severity: try severity.map { try Severity(word: $0) }, package: package,
      description: try description.map { try orStandardInput($0, "description") }, assignedTo: assignedTo)
    let incident = try await desk.update(id, changes, by: actor.by)
    try output.show(incident, id: incident.incidentGuid, incident.card)
  }
}
