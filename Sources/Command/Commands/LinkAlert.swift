import API
import ArgumentParser
import Tocsin

struct LinkAlert: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "link-alert",
    abstract: "Link an alert to an incident.",
    discussion: """
      The alert may be any string; it need not have come in through Tocsin. Linking it again changes nothing.

      Example:
        tocsin link-alert 019aa7c0 alert-789 --by engineer1
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Argument(help: "The alert's identifier, 1 to 255 characters.") var alertGuid: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let link = try await desk.linkAlert(alertGuid, to: id, by: actor.by)
    try output.show(link, id: link.alertGuid, link.card)
  }
}
