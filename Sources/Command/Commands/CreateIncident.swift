import API
import ArgumentParser
import Tocsin

struct CreateIncident: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-incident",
    abstract: "Open an incident.",
    discussion: """
      Example:
        tocsin create-incident --title "Database down" --severity CRITICAL --package DATABASE \\
          --description "Primary database not responding" --assigned-to dba-team --alert alert-123
      """)
  static let makesDatabase = true

  @Option(parsing: .unconditional, help: "What is wrong, 1 to 255 characters.") var title: String
  @Option(help: "CRITICAL, HIGH, MEDIUM or LOW.", completion: .words(Severity.self)) var severity: String
  @Option(parsing: .unconditional, help: "The system at fault, 1 to 100 characters.") var package: String
  @Option(parsing: .unconditional, help: "More about it, up to 64 KiB; - reads it from stdin.") var description: String?
  @Option(parsing: .unconditional, help: "The person or team responsible.") var assignedTo: String?
  @Option(
    name: .customLong("alert"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("An alert to link; may be repeated.", valueName: "guid"))
  var alerts: [String] = []
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let incident = try await desk.create(
      title: title, severity: Severity(word: severity), package: package,
      description: description.map { try orStandardInput($0, "description") }, assignedTo: assignedTo,
      alertLinks: alerts, by: actor.by)
    try output.show(incident, id: incident.incidentGuid, incident.card)
  }
}
