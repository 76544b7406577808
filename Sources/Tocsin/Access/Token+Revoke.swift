import Storage

extension Incidents {
  /// Ends a token for good. Its row stays, and its name is free again.
  ///
  /// - Parameter idOrName: a token's guid, or the name of one that is not revoked.
  /// - Throws: ``Failure`` with code `notFound`; `conflict` when it was revoked before.
  @discardableResult
  public func revokeToken(_ idOrName: String, by: Principal = .system) async throws -> Token {
    try await database.write { transaction in
      var token = try transaction.token(idOrName)
      if let revokedAt = token.revokedAt {
        throw Failure(.conflict, "the token was revoked already, at \(JSON.time(revokedAt))")
      }
      token.revokedAt = transaction.now
      token.revokedBy = by.name
      try transaction.execute(
        "UPDATE tocsin_token SET ActiveName = NULL, RevokedAt = ?, RevokedBy = ? WHERE TokenGuid = ?",
        [.time(transaction.now), .text(by.name), .text(token.tokenGuid)])
      try transaction.audit(
        .tokenRevoked, token.name, by: by, metadata: ["token_guid": .string(token.tokenGuid)])
      return token
    }
  }
}
