import Tocsin

public struct CreateToken: Call {
  public static let route = Route.api(.post, "/tokens", .admins, "Make a token. Its secret is shown this once.")
  public static let status = 201

  var name: String
  var role: Role
  /// As `Token.expiry` reads it; nil for never.
  var expiresAt: String?
  var createdBy: String?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NewToken {
    let end = try expiresAt.map { try Token.expiry($0, now: incidents.database.now()) }
    let (token, secret) = try await incidents.createToken(name: name, role: role, expiresAt: end, by: principal)
    return NewToken(token, secret: secret)
  }
}

public struct ListTokens: PagedCall {
  public typealias Item = Token
  public static let route = Route.api(
    .get, "/tokens", .admins, "List the tokens, revoked ones too, by name: never their secrets.")

  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Token> {
    try await incidents.tokens(page: page)
  }
}

public struct GetToken: Call {
  public static let route = Route.api(.get, "/tokens/{token}", .admins, "Show a token, by its guid or name.")

  var token: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Token {
    try await incidents.token(token)
  }
}

public struct RevokeToken: Call {
  public static let route = Route.api(
    .delete, "/tokens/{token}", .admins, "End a token for good, by its guid or name. Its row stays.")

  var token: String
  var revokedBy: String?

  public var onBehalfOf: String? { revokedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Token {
    try await incidents.revokeToken(token, by: principal)
  }
}

extension Desk {
  /// All tokens, by name; revoked ones too.
  public func tokens() async throws -> [Token] { try await all(ListTokens()).items }

  /// A token, by its guid or name.
  public func token(_ idOrName: String) async throws -> Token { try await perform(GetToken(token: idOrName)) }

  /// Ends a token for good: see `Incidents.revokeToken`.
  @discardableResult
  public func revokeToken(_ idOrName: String, by: String? = nil) async throws -> Token {
    try await perform(RevokeToken(token: idOrName, revokedBy: by))
  }

  /// Makes a token: see `Incidents.createToken`.
  ///
  /// - Parameter expiresAt: such as `90d`: see `Token.expiry`. Nil for never.
  public func createToken(
    name: String, role: Role, expiresAt: String? = nil, by: String? = nil
  ) async throws -> NewToken {
    try await perform(CreateToken(name: name, role: role, expiresAt: expiresAt, createdBy: by))
  }
}
