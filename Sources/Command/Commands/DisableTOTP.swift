import API
import ArgumentParser
import Tocsin

struct DisableTOTP: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable-totp",
    abstract: "Turn off the second factor of a user who lost it.",
    discussion: """
      The password is enough then, until the user turns it on again.

      Example:
        tocsin disable-totp ana
      """)

  @Argument(help: "The user's name, or their guid.") var user: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let user = try await desk.disableTOTP(of: user, by: actor.by)
    try output.show(user, id: user.userGuid, user.card)
  }
}
