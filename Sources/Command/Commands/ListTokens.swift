import API
import ArgumentParser
import Foundation
import Tocsin

struct ListTokens: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-tokens",
    abstract: "List the tokens: never their secrets.",
    discussion: """
      Example:
        tocsin list-tokens
      """)

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let tokens = try await desk.tokens()
    let now = Date()
    let rows = tokens.map { token in
      [
        output.short(token.tokenGuid), token.name, token.role.rawValue, token.state(now),
        token.lastFour.map { "…" + $0 } ?? "",
        shortTime(token.createdAt), shortTime(token.expiresAt), shortTime(token.lastUsedAt),
      ]
    }
    try output.show(
      tokens, ids: tokens.map(\.tokenGuid),
      Table(
        ["id", "~name", "role", "state", "ends in", "created", "expires", "last used"], rows,
        whenEmpty: "No tokens. `tocsin create-token --help` shows how to make one."))
  }
}

extension Token {
  fileprivate func state(_ now: Date) -> String {
    if revokedAt != nil { return "revoked" }
    return expiresAt.map { $0 <= now } ?? false ? "expired" : "good"
  }
}
