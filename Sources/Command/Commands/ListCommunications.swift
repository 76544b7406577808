import API
import ArgumentParser
import Tocsin

struct ListCommunications: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-communications",
    abstract: "List the messages of an incident, newest first.",
    discussion: """
      Example:
        tocsin list-communications 019aa7c0 --channel EMAIL --limit 10
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(parsing: .unconditional, help: "Only this channel's.") var channel: String?
  @Option(parsing: .unconditional, help: "At most so many.") var limit: Int?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    try output.show(await desk.communications(of: id, channel: channel, limit: limit))
  }
}
