import API
import ArgumentParser
import Tocsin

struct EnableUser: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable-user",
    abstract: "Let a disabled user sign in again.",
    discussion: """
      Example:
        tocsin enable-user ana
      """)

  @Argument(help: "The user's name, or their guid.") var user: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let user = try await desk.enableUser(user, by: actor.by)
    try output.show(user, id: user.userGuid, user.card)
  }
}
