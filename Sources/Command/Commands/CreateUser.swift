import API
import ArgumentParser
import Tocsin

struct CreateUser: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-user",
    abstract: "Make a user, who may sign in with a password.",
    discussion: """
      The password has 8 characters or more. It is asked for, or read from a file.

      Example:
        tocsin create-user --name ana --role responder --email ana@example.com
        pwgen -s 20 1 | tocsin create-user --name ana --role responder --password-file -
      """)
  static let makesDatabase = true

  @Option(parsing: .unconditional, help: "What they sign in with, and who acts then.") var name: String
  @Option(help: "viewer, responder or admin.", completion: .list(Role.ofPeople.map(\.rawValue))) var role: String
  @Option(parsing: .unconditional, help: "Their email address.") var email: String?
  @OptionGroup var password: PasswordOption
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let role = try Role(word: role)
    let user = try await desk.createUser(
      name: name, email: email, role: role, password: password.password(), by: actor.by)
    try output.show(user, id: user.userGuid, user.card)
  }
}

extension User {
  var card: Card {
    Card(
      nil,
      [
        ("user", userGuid), ("name", name), ("email", email ?? ""), ("role", role.rawValue), ("state", state),
        ("created", shortTime(createdAt)), ("last login", shortTime(lastLoginAt)),
      ])
  }

  var state: String { isDisabled ? "disabled" : "good" }

  /// With what they sign in.
  var proof: String {
    hasPassword ? (hasSecondFactor ? "password and code" : "password") : "login provider"
  }
}
