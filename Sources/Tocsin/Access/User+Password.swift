import Storage

extension Incidents {
  /// Gives a user a new password, and ends their sessions.
  ///
  /// - Parameter keeping: the guid of a session that goes on: the one in which the user does it.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`, `tooMany`.
  @discardableResult
  public func setPassword(
    of idOrName: String, to password: String, keeping: String? = nil, by: Principal = .system
  ) async throws -> User {
    let user = try await user(idOrName)
    let hash = try await hashed(password, of: user.name)
    return try await database.write { transaction in
      try transaction.execute(
        "UPDATE tocsin_user SET PasswordHash = ?, PasswordSetAt = ? WHERE UserGuid = ?",
        [.text(hash), .time(transaction.now), .text(user.userGuid)])
      let ended = try transaction.endSessions(of: user.userGuid, keeping: keeping)
      try transaction.audit(.passwordSet, user.name, by: by, metadata: ["sessions_ended": .integer(Int64(ended))])
      return try transaction.user(user.userGuid)
    }
  }

  /// Gives a user the password they chose, when they know the old one. Wrong old ones count as wrong logins.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated` for a wrong old one, `notFound`, `invalid`, `tooMany`.
  @discardableResult
  public func changePassword(
    of idOrName: String, from old: String, to new: String, keeping: String? = nil, by: Principal
  ) async throws -> User {
    let user = try await user(idOrName)
    try Password.check(new, of: user.name)
    try await confirmPassword(of: user.userGuid, old, address: by.address)
    return try await setPassword(of: user.userGuid, to: new, keeping: keeping, by: by)
  }

  /// Makes sure that it is really the user who is signed in, before something that matters.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated` for a wrong one, `notFound`, `tooMany`.
  public func confirmPassword(of idOrName: String, _ password: String, address: String?) async throws {
    let user = try await user(idOrName)
    let attempt = LogInAttempt(name: user.name, address: address)
    let entry = try await enter(attempt)
    let isRight = try await verify(password, entry)
    try await database.write { transaction in
      if isRight { return try transaction.release(entry) }
      try transaction.fail(entry, user: user.name, "password")
    }
    if !isRight { throw Failure(.unauthenticated, "the password is wrong", field: "password") }
  }
}
