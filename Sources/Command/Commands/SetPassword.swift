import ArgumentParser
import Tocsin

struct SetPassword: LocalCommand {
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
  @OptionGroup var common: LocalOptions

  func run(_ incidents: Incidents, _ output: Output) async throws {
    let guid = try await incidents.user(user).userGuid
    let user = try await incidents.setPassword(of: guid, to: password.password(), by: actor.principal)
    try output.show(user, id: user.userGuid, user.card)
  }
}
