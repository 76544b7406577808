import API
import ArgumentParser
import Tocsin

struct ExpireSilence: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire-silence",
    abstract: "End a silence now. Its record stays.",
    discussion: """
      Alerts that it holds and that still fire open their incidents.

      Example:
        tocsin expire-silence 019aa7c0
      """)

  @Argument(help: "The silence's guid, or its first 6 or more characters.") var silence: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let silence = try await desk.expireSilence(silence, by: actor.by)
    try output.show(silence, id: silence.silenceGuid, silence.card)
  }
}
