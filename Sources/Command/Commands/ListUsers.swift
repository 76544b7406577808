import ArgumentParser
import Tocsin

struct ListUsers: LocalCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-users",
    abstract: "List the users.",
    discussion: """
      Example:
        tocsin list-users
      """)

  @OptionGroup var common: LocalOptions

  func run(_ incidents: Incidents, _ output: Output) async throws {
    let users = try await incidents.users()
    let rows = users.map { user in
      [
        output.short(user.userGuid), user.name, user.role.rawValue, user.state, user.proof, shortTime(user.lastLoginAt),
        user.email ?? "",
      ]
    }
    try output.show(
      users, ids: users.map(\.userGuid),
      Table(
        ["id", "~name", "role", "state", "signs in by", "last login", "~email"], rows,
        whenEmpty: "No users. `tocsin create-user --help` shows how to make one."))
  }
}
