import API
import ArgumentParser
import Tocsin

struct ListUsers: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-users",
    abstract: "List the users.",
    discussion: """
      Example:
        tocsin list-users
      """)

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let users = try await desk.users()
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
