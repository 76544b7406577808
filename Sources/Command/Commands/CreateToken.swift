import API
import ArgumentParser
import Tocsin

struct CreateToken: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-token",
    abstract: "Make a token for a program. It is shown this once.",
    discussion: """
      As soon as there is a token, /in/… takes alerts only with one: as bearer token or basic-auth password.

      Example:
        tocsin create-token --name alertmanager --role ingest
        tocsin create-token --name night-script --role responder --expires 90d
      """)
  static let makesDatabase = true

  @Option(parsing: .unconditional, help: "Who acts when it is used.") var name: String
  @Option(help: "viewer, ingest, responder or admin.", completion: .words(Role.self)) var role: String
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("When it ends: 12h or 90d from now, a UTC day, or a time. [default: never]", valueName: "time"))
  var expires: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let token = try await desk.createToken(name: name, role: Role(word: role), expiresAt: expires, by: actor.by)
    if output.json { return try Terminal.write(json: token) }
    try Terminal.write(token.secret)
    output.say("Keep it now: only its hash is stored.")
  }
}
