import ArgumentParser
import Tocsin

struct CreateToken: DatabaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-token",
    abstract: "Make a token for a program. It is shown this once.",
    discussion: """
      As soon as there is a token, /in/… takes alerts only with one: as bearer token or basic-auth password.

      Example:
        tocsin create-token --name alertmanager --role ingest
      """)

  @Option(parsing: .unconditional, help: "Who acts when it is used.") var name: String
  @Option(help: "viewer, ingest, responder or admin.", completion: .words(Role.self)) var role: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  private struct Answer: Encodable {
    let tokenGuid: String
    let name: String
    let role: Role
    let secret: String
  }

  func run(_ incidents: Incidents, _ output: Output) async throws {
    let (token, secret) = try await incidents.createToken(name: name, role: Role(word: role), by: actor.principal)
    let answer = Answer(tokenGuid: token.tokenGuid, name: token.name, role: token.role, secret: secret)
    if output.json { return try Terminal.write(json: answer) }
    try Terminal.write(secret)
    output.say("Keep it now: only its hash is stored.")
  }
}
