import API
import ArgumentParser
import Tocsin

struct NotifyIncident: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify-incident",
    abstract: "Tell the people of a notify rule about an incident.",
    discussion: """
      Placeholders of a template: {incident_guid} {incident_title} {incident_severity} {incident_status} {incident_package}
      {incident_description} {incident_created_at} {incident_assigned_to} {short_ref} {incident_url}

      Exits with 7 when not all messages were accepted; those PENDING are tried again by `tocsin serve`.

      Example:
        tocsin notify-incident 019aa7c0 INCIDENT_CRITICAL
        tocsin notify-incident 019aa7c0 INCIDENT_CRITICAL --message-template "{incident_title} is {incident_status}"
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Argument(help: "The rule's code; `tocsin list-notify-rules` shows them.") var notifyCode: String
  @Option(parsing: .unconditional, help: "The message; - reads it from stdin.") var messageTemplate: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let outcome = try await desk.notify(
      id, notifyCode: notifyCode,
      messageTemplate: messageTemplate.map { try orStandardInput($0, "message_template") }, by: actor.by)
    try output.show(outcome)
  }
}
