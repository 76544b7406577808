import Foundation
import Storage

/// What a bearer of a token, or a user, may do.
public enum Role: String, Word {
  case viewer, ingest, responder, admin

  public static let field = "role"

  /// What people can be: `ingest` is for programs only.
  public static let ofPeople: [Role] = [.viewer, .responder, .admin]

  /// Roles are written in small letters.
  public static func spelling(_ word: String) -> String { word.lowercased() }
}

/// A key for programs. Only a hash of its secret is kept.
public struct Token: Sendable, Equatable, Codable {
  public let tokenGuid: String
  /// Who acts when this token is used.
  public let name: String
  public let role: Role
  /// The last four characters of the secret, to tell tokens apart; nil for one that was made by Tocsin 0.1.
  @OrNull public var lastFour: String?
  public let createdBy: String
  public let createdAt: Date
  /// From when on it is refused; nil for never.
  @OrNull public var expiresAt: Date?
  /// To the minute.
  @OrNull public var lastUsedAt: Date?
  @OrNull public var revokedAt: Date?
  @OrNull public var revokedBy: String?
}

extension Token {
  init(_ row: Row) throws {
    tokenGuid = try row.text("TokenGuid")
    name = try row.text("Name")
    role = try Role(word: row.text("Role"))
    lastFour = try row.optionalText("LastFour")
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
    expiresAt = try row.optionalTime("ExpiresAt")
    lastUsedAt = try row.optionalTime("LastUsedAt")
    revokedAt = try row.optionalTime("RevokedAt")
    revokedBy = try row.optionalText("RevokedBy")
  }
}

extension PagedList {
  fileprivate static let tokens = PagedList(
    name: "tokens", select: "SELECT * FROM tocsin_token", order: [.text("Name"), .text("TokenGuid")])
}

extension Transaction {
  /// - Throws: ``Failure`` with code `notFound`.
  func token(_ idOrName: String) throws -> Token {
    let row =
      try row("SELECT * FROM tocsin_token WHERE TokenGuid = ?", [.text(idOrName)])
      ?? row("SELECT * FROM tocsin_token WHERE ActiveName = ?", [.text(idOrName)])
    if let row { return try Token(row) }
    throw Failure(.notFound, "there is no token \"\(printable(idOrName))\" in use; `tocsin list-tokens` lists them")
  }
}

extension Incidents {
  /// All tokens, by name; revoked ones too.
  public func tokens() async throws -> [Token] { try await database.read { try $0.all(.tokens, Token.init) } }

  /// Some tokens, by name; revoked ones too.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func tokens(page: PageRequest) async throws -> Page<Token> {
    try await database.read { try $0.page(.tokens, page, Token.init) }
  }

  /// - Parameter idOrName: a token's guid, or the name of one that is not revoked.
  /// - Throws: ``Failure`` with code `notFound`.
  public func token(_ idOrName: String) async throws -> Token { try await database.read { try $0.token(idOrName) } }

  /// The token with this secret. That it was used is noted to the minute, without any wait.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated` that says whether the token is unknown, expired or revoked.
  public func token(secret: String) async throws -> Token {
    let hash = RandomSecret.hash(secret)
    let (token, now) = try await lookups.read { transaction in
      let row = try transaction.row("SELECT * FROM tocsin_token WHERE SecretHash = ?", [.text(hash)])
      guard let row else { throw Failure(.unauthenticated, "the token is not valid") }
      return (try Token(row), transaction.now)
    }
    if let revokedAt = token.revokedAt {
      throw Failure(.unauthenticated, "the token \"\(printable(token.name))\" was revoked at \(JSON.time(revokedAt))")
    }
    if let expiresAt = token.expiresAt, expiresAt <= now {
      throw Failure(.unauthenticated, "the token \"\(printable(token.name))\" expired at \(JSON.time(expiresAt))")
    }
    lastUse.note(
      token.tokenGuid, before: token.lastUsedAt, now: now,
      "UPDATE tocsin_token SET LastUsedAt = ? WHERE TokenGuid = ? AND (LastUsedAt IS NULL OR LastUsedAt < ?)", database)
    return token
  }

  /// Whether any token or user was ever made. While none was, only this machine may send alerts.
  public func hasTokens() async throws -> Bool {
    try await lookups.read { transaction in
      let token = try transaction.row("SELECT 1 FROM tocsin_token LIMIT 1")
      return try token != nil || transaction.hasUsers()
    }
  }
}
