import Foundation
import Storage

extension Incidents {
  /// Seconds for which a set-up secret is good.
  public static let setUpLife = 3600.0

  /// A secret by which the first admin can be made, while there is no user. It replaces the one before and is good for an
  /// hour, once.
  ///
  /// - Returns: 64 hex digits, shown this once; nil when there is a user.
  public func drawSetUpSecret() async throws -> String? {
    if try await hasUsers() { return nil }
    let secret = RandomSecret.draw()
    return try await database.write { transaction in
      if try transaction.hasUsers() { return nil }
      try transaction.execute("DELETE FROM tocsin_setup")
      try transaction.execute(
        "INSERT INTO tocsin_setup (Id, SecretHash, ExpiresAt) VALUES (1, ?, ?)",
        [.text(RandomSecret.hash(secret)), .time(transaction.now.addingTimeInterval(Self.setUpLife))])
      return secret
    }
  }

  /// Whether this secret is good now.
  ///
  /// - Throws: ``Failure`` with code `conflict` when there is a user, `unauthenticated` for a secret that is wrong or too old.
  public func checkSetUpSecret(_ secret: String) async throws {
    try await database.read { try $0.checkSetUpSecret(secret) }
  }

  /// Makes the first admin and signs them in. Of many at once, one gets through.
  ///
  /// - Throws: as ``checkSetUpSecret(_:)`` and ``createUser(name:email:role:password:by:)``.
  public func setUp(
    secret: String, name: String, email: String? = nil, password: String, address: String?, userAgent: String? = nil
  ) async throws -> NewSession {
    var draft = try UserDraft(name: name, email: email, role: .admin)
    // Before the costly part: nobody without the secret gets that far.
    try await checkSetUpSecret(secret)
    draft.passwordHash = try await hashed(password, of: draft.name)
    let session = SessionDraft(method: "set_up", address: address, userAgent: userAgent)
    return try await database.write { [draft] transaction in
      try transaction.checkSetUpSecret(secret)
      try transaction.execute("DELETE FROM tocsin_setup")
      let by = try Principal(draft.name, from: address)
      let user = try transaction.create(draft, by: by)
      try transaction.audit(.setUp, user.name, by: by)
      return try transaction.begin(session, for: user.userGuid)
    }
  }
}

extension Transaction {
  fileprivate func checkSetUpSecret(_ secret: String) throws {
    if try hasUsers() { throw Failure(.conflict, "Tocsin is set up already: sign in") }
    let row = try row(
      "SELECT 1 FROM tocsin_setup WHERE SecretHash = ? AND ExpiresAt > ?",
      [.text(RandomSecret.hash(secret)), .time(now)])
    if row == nil {
      throw Failure(
        .unauthenticated, "the set-up link is wrong or too old; start `tocsin serve` again, which prints a new one")
    }
  }
}
