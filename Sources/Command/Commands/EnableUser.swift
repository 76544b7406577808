import ArgumentParser
import Tocsin

struct EnableUser: LocalCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable-user",
    abstract: "Let a disabled user sign in again.",
    discussion: """
      Example:
        tocsin enable-user ana
      """)

  @Argument(help: "The user's name, or their guid.") var user: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: LocalOptions

  func run(_ incidents: Incidents, _ output: Output) async throws {
    let user = try await incidents.enableUser(user, by: actor.principal)
    try output.show(user, id: user.userGuid, user.card)
  }
}
