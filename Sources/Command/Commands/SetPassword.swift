import API
import ArgumentParser
import Tocsin

struct SetPassword: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-password",
    abstract: "Give a user a new password, and end their sessions.",
    discussion: """
      Example:
        tocsin set-password ana
        tocsin set-password ana --password-file new.txt
      """)

  @Argument(help: "The user's name, or their guid.") var user: String
  @OptionGroup var password: PasswordOption
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let guid = try await desk.user(user).userGuid
    let user = try await desk.setPassword(of: guid, to: password.password(), by: actor.by)
    try output.show(user, id: user.userGuid, user.card)
  }
}
