import Foundation
import Storage

/// A token with its secret, which is shown this once.
public struct NewToken: Sendable, Equatable, Codable {
  public let tokenGuid: String
  public let name: String
  public let role: Role
  @OrNull public var expiresAt: Date?
  public let secret: String

  public init(_ token: Token, secret: String) {
    tokenGuid = token.tokenGuid
    name = token.name
    role = token.role
    expiresAt = token.expiresAt
    self.secret = secret
  }
}

/// What the one write gives back, so that a repeated request is answered with the same secret.
private struct CreatedToken: Unfinished {
  let token: Token
  let secret: String
  var answerSoFar: NewToken { NewToken(token, secret: secret) }
}

extension Incidents {
  /// Makes a token. Its secret is shown this once: 256 random bits after `tocsin_`.
  ///
  /// - Parameters:
  ///   - name: 1 to 255 characters; that of a revoked token is free again.
  ///   - expiresAt: in the future; nil for never.
  /// - Throws: ``Failure`` with code `conflict` when the name is taken, `invalid`.
  public func createToken(
    name: String, role: Role, expiresAt: Date? = nil, by: Principal = .system
  ) async throws -> (token: Token, secret: String) {
    let name = try Text.name(name)
    if UserName.key(name) == UserName.key(Principal.system.name) {
      throw Failure.invalid("name", "\"\(printable(name))\" is what Tocsin itself goes by; take another")
    }
    let secret = "tocsin_" + RandomSecret.draw()
    let expiresAt = expiresAt.map(UTC.milliseconds)
    let created = try await database.write { transaction in
      if let expiresAt, expiresAt <= transaction.now { throw Failure.invalid("expires_at", "is in the past") }
      let token = Token(
        tokenGuid: transaction.newGuid(), name: name, role: role, lastFour: String(secret.suffix(4)),
        createdBy: by.name, createdAt: transaction.now, expiresAt: expiresAt, lastUsedAt: nil, revokedAt: nil,
        revokedBy: nil)
      do {
        try transaction.insert(token, secretHash: RandomSecret.hash(secret))
      } catch let error as StorageError where error.code == .unique {
        throw Failure(.conflict, "there is a token named \"\(printable(name))\" already", field: "name")
      }
      try transaction.audit(
        .tokenCreated, name, by: by,
        metadata: [
          "token_guid": .string(token.tokenGuid), "role": .string(role.rawValue),
          "expires_at": expiresAt.map { .string(JSON.time($0)) } ?? .null,
        ])
      return CreatedToken(token: token, secret: secret)
    }
    return (created.token, created.secret)
  }
}

extension Token {
  /// When a token ends, as people write it: so long from now (`12h`, `90d`), the end of a UTC day (`2026-12-31`), or a
  /// time (RFC 3339).
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  public static func expiry(_ text: String, now: Date) throws -> Date {
    if let match = text.wholeMatch(of: /([0-9]{1,6})([hd])/), let count = Double(match.1) {
      return now.addingTimeInterval(count * (match.2 == "h" ? 3600 : 86_400))
    }
    if let day = UTC.parseDay(text) { return day.addingTimeInterval(86_400) }
    if let time = UTC.parseRFC3339(text) { return time }
    throw Failure.invalid(
      "expires_at", "\"\(printable(text))\" is no time; write 12h or 90d from now, 2026-12-31, or 2026-12-31T16:28:03Z")
  }
}

extension Transaction {
  fileprivate func insert(_ token: Token, secretHash: String) throws {
    try execute(
      """
      INSERT INTO tocsin_token (TokenGuid, Name, ActiveName, Role, SecretHash, LastFour, CreatedBy, CreatedAt, ExpiresAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(token.tokenGuid), .text(token.name), .text(token.name), .text(token.role.rawValue), .text(secretHash),
        .text(token.lastFour), .text(token.createdBy), .time(token.createdAt), .time(token.expiresAt),
      ])
  }
}
