import API
import ArgumentParser
import Tocsin

struct RevokeToken: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke-token",
    abstract: "End a token for good, at once.",
    discussion: """
      Its name is free again afterwards.

      Example:
        tocsin revoke-token alertmanager
      """)

  @Argument(help: "The token's name, or its guid.") var token: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let token = try await desk.revokeToken(token, by: actor.by)
    try output.show(
      token, id: token.tokenGuid,
      Card(nil, [("token", token.tokenGuid), ("name", token.name), ("revoked", shortTime(token.revokedAt))]))
  }
}
