import API
import ArgumentParser
import Tocsin

struct SendTest: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Send a harmless message through a channel.",
    discussion: """
      Nothing is put on record.

      Example:
        tocsin send-test EMAIL:dba@example.com
      """)
  static let makesDatabase = true

  @Argument(help: "CHANNEL (its default target) or CHANNEL:TARGET.", completion: .list(NotifyRule.channelNames))
  var channel: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let id = try await desk.sendTest(channel, by: actor.by)
    if output.json { return try Terminal.write(json: ["external_id": id]) }
    try Terminal.write(Terminal.harmless(id))
    output.say("Accepted. Look whether it arrived.")
  }
}
