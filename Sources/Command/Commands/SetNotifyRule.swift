import API
import ArgumentParser
import Tocsin

struct SetNotifyRule: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-notify-rule",
    abstract: "Say who is told under a notify code.",
    discussion: """
      A channel is PAGERDUTY, SLACK, DISCORD, SMS, WHATSAPP, DBUS, MQTT, EMAIL or WEBHOOK, alone (its default target) or as
      CHANNEL:TARGET. An incident that an alert opens uses INCIDENT_<SEVERITY> by itself, when there is such a rule.

      Example:
        tocsin set-notify-rule INCIDENT_CRITICAL --name "Critical incidents" --channels EMAIL:dba@example.com,WEBHOOK
      """)
  static let makesDatabase = true

  @Argument(help: "The code, such as INCIDENT_CRITICAL.") var code: String
  @Option(parsing: .unconditional, help: "What people call it.") var name: String
  @Option(parsing: .unconditional, help: "A comma list of CHANNEL or CHANNEL:TARGET.") var channels: String
  @Option(parsing: .unconditional, help: "The message, with {placeholders}; - reads it from stdin.")
  var messageTemplate: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let rule = try await desk.setNotifyRule(
      code, name: name, channels: channels,
      messageTemplate: messageTemplate.map { try orStandardInput($0, "message_template") }, by: actor.by)
    try output.show(rule, id: rule.notifyCode, rule.card)
    let configured = try await desk.configuredChannels()
    for item in try rule.items where !configured.contains(item.channel) {
      output.say("Note: \(item.channel) is not configured here; its messages will be FAILED.")
    }
  }
}
