import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Keys for programs.
struct TokensPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/tokens", .admins, "The tokens."), incidents) { visit in try await page(visit) }
    table.add(visit: Route(.post, "/tokens", .admins, "Makes a token."), incidents) { visit in
      do {
        let new = try await visit.desk.createToken(
          name: visit.typed("name") ?? "", role: Role(word: visit.typed("role") ?? ""),
          expiresAt: visit.typed("expires_at"))
        return try await page(visit, made: new)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, problem: failure)
      }
    }
    table.add(visit: Route(.post, "/tokens/{token}/revoke", .admins, "Ends a token."), incidents) { visit in
      do {
        try await visit.desk.revokeToken(visit.parameter("token"))
        return visit.done("/tokens", said: "token_revoked")
      } catch let failure as Failure where failure.code == .conflict {
        return try await page(visit, problem: failure)
      }
    }
  }

  private func page(_ visit: Visit, made: NewToken? = nil, problem: Failure? = nil) async throws -> Response {
    let page = try await incidents.tokens(page: PageRequest(cursor: visit.asked("cursor")))
    let tokens = page.items
    var values: Template.Values = [
      "tokens": tokens.filter { $0.revokedAt == nil }.map { row($0, visit) },
      "revoked": tokens.filter { $0.revokedAt != nil }.map { row($0, visit) },
      "hasRevoked": tokens.contains { $0.revokedAt != nil }, "hasTokens": tokens.contains { $0.revokedAt == nil },
      "roles": RoleChoice.list(
        [.ingest, .viewer, .responder, .admin], problem == nil ? "ingest" : visit.typed("role") ?? "ingest",
        visit.texts),
    ]
    if let next = page.nextCursor { values["more"] = PageAddress(path: "/tokens").with([("cursor", next)]) }
    if problem != nil { for field in ["name", "expires_at"] { values[field] = visit.typed(field) ?? "" } }
    if let made {
      values["secret"] = made.secret
      values["secretOf"] = visit.texts("tokens_secret_of", ["name": made.name])
    }
    return try visit.page("tokens", values, problem: problem)
  }

  private func row(_ token: Token, _ visit: Visit) -> Template.Values {
    var row: Template.Values = [
      "guid": token.tokenGuid, "tokenName": token.name, "role": token.role.rawValue, "createdBy": token.createdBy,
      "created": Stamp.at(token.createdAt), "isUsed": token.lastUsedAt != nil,
      "isExpired": token.expiresAt.map { $0 <= visit.now } ?? false, "ends": token.expiresAt != nil,
    ]
    if let lastFour = token.lastFour { row["lastFour"] = lastFour }
    if let at = token.lastUsedAt { row["lastUsed"] = Stamp.age(at, now: visit.now) }
    if let at = token.expiresAt { row["expires"] = Stamp.at(at) }
    if let at = token.revokedAt { row["revokedAt"] = Stamp.at(at) }
    if let by = token.revokedBy { row["revokedBy"] = by }
    return row
  }
}
