import API
import ArgumentParser
import Tocsin

struct GetAlert: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "get-alert",
    abstract: "Show an alert and the incidents it is linked to.",
    discussion: """
      Example:
        tocsin get-alert 019aa7c0-23df
      """)

  @Argument(help: "Guid of the alert, or its first characters.") var alert: String
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let details = try await desk.details(ofAlert: alert)
    let incidents = details.incidents.map { incident in
      "\(incident.incidentGuid) \(incident.incidentSeverity.rawValue) \(incident.incidentStatus.rawValue) "
        + incident.incidentTitle
    }
    let notes = details.notes.map { "\(shortTime($0.createdAt)) \($0.createdBy): \($0.content)" }
    let card = details.alert.card
    try output.show(
      details, id: details.alert.alertGuid,
      Card(
        card.title,
        card.fields + [("notes", notes.joined(separator: "\n")), ("incidents", incidents.joined(separator: "\n"))]))
  }
}
