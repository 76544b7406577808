import API
import ArgumentParser
import Tocsin

struct DisableUser: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable-user",
    abstract: "Keep a user from signing in, and end their sessions.",
    discussion: """
      The last admin cannot be disabled. Tokens belong to nobody: see revoke-token.

      Example:
        tocsin disable-user ana
      """)

  @Argument(help: "The user's name, or their guid.") var user: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let user = try await desk.disableUser(user, by: actor.by)
    try output.show(user, id: user.userGuid, user.card)
  }
}
