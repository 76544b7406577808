import Crypto
import Foundation
import Storage

/// What a token's bearer may do.
public enum Role: String, Word {
  case viewer, ingest, responder, admin

  public static let field = "role"

  /// Roles are written in small letters.
  public static func spelling(_ word: String) -> String { word.lowercased() }
}

/// A key for programs. Only a hash of its secret is kept.
public struct Token: Sendable, Equatable, Codable {
  public let tokenGuid: String
  /// Who acts when this token is used.
  public let name: String
  public let role: Role
  public let createdBy: String
  public let createdAt: Date
}

extension Incidents {
  /// Makes a token. Its secret is shown this once: 256 random bits after `tocsin_`.
  ///
  /// - Throws: ``Failure`` with code `conflict` when the name is taken, `invalid`.
  public func createToken(
    name: String, role: Role, by: Principal = .system
  ) async throws -> (token: Token, secret: String) {
    let name = try Text.line(name, "name", 1...255)
    let secret = "tocsin_" + hex(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    let token = try await database.write { transaction in
      let token = Token(
        tokenGuid: transaction.newGuid(), name: name, role: role, createdBy: by.name, createdAt: transaction.now)
      do {
        try transaction.insert(token, secretHash: hash(secret))
      } catch let error as StorageError where error.code == .unique {
        throw Failure(.conflict, "there is a token named \"\(printable(name))\" already", field: "name")
      }
      return token
    }
    return (token, secret)
  }

  /// The token with this secret, or nil. Looks up a hash, so the time it takes says nothing about any secret.
  public func token(secret: String) async throws -> Token? {
    try await database.read { transaction in
      try transaction.row("SELECT * FROM tocsin_token WHERE SecretHash = ?", [.text(hash(secret))]).map(Token.init)
    }
  }

  /// Whether any token exists. While none does, only this machine may send alerts.
  public func hasTokens() async throws -> Bool {
    try await database.read { try $0.row("SELECT 1 FROM tocsin_token") != nil }
  }
}

extension Token {
  fileprivate init(_ row: Row) throws {
    tokenGuid = try row.text("TokenGuid")
    name = try row.text("Name")
    role = try Role(word: row.text("Role"))
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
  }
}

extension Transaction {
  fileprivate func insert(_ token: Token, secretHash: String) throws {
    try execute(
      "INSERT INTO tocsin_token (TokenGuid, Name, Role, SecretHash, CreatedBy, CreatedAt) VALUES (?, ?, ?, ?, ?, ?)",
      [
        .text(token.tokenGuid), .text(token.name), .text(token.role.rawValue), .text(secretHash),
        .text(token.createdBy), .time(token.createdAt),
      ])
  }
}

/// A random secret of 256 bits needs no slow hash: it cannot be guessed.
private func hash(_ secret: String) -> String { hex(SHA256.hash(data: Data(secret.utf8))) }
