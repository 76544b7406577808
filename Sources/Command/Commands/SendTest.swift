import ArgumentParser
import Tocsin

struct SendTest: DatabaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Send a harmless message through a channel.",
    discussion: """
      Nothing is put on record.

      Example:
        tocsin send-test EMAIL:dba@example.com
      """)

  @Argument(help: "CHANNEL (its default target) or CHANNEL:TARGET.", completion: .list(NotifyRule.channelNames))
  var channel: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ incidents: Incidents, _ output: Output) async throws {
    let receipt = try await incidents.sendTest(channel, by: actor.principal)
    if output.json { return try Terminal.write(json: ["external_id": receipt.externalId]) }
    try Terminal.write(Terminal.harmless(receipt.externalId))
    output.say("Accepted. Look whether it arrived.")
  }
}
