import Storage

extension Incidents {
  /// Gives a user another role, from the next request on.
  ///
  /// - Throws: ``Failure`` with code `notFound`, `invalid`; `conflict` for the last admin.
  @discardableResult
  public func changeRole(of idOrName: String, to role: Role, by: Principal = .system) async throws -> User {
    let role = try Role.person(role)
    return try await database.write { transaction in
      let user = try transaction.user(idOrName)
      if user.role == role { return user }
      if role != .admin { try transaction.refuseLastAdmin(user) }
      try transaction.execute(
        "UPDATE tocsin_user SET Role = ? WHERE UserGuid = ?", [.text(role.rawValue), .text(user.userGuid)])
      try transaction.audit(
        .roleChanged, user.name, by: by,
        metadata: ["from": .string(user.role.rawValue), "to": .string(role.rawValue)])
      return try transaction.user(user.userGuid)
    }
  }

  /// Keeps a user from signing in, and ends all their sessions. Tokens are not theirs and stay.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` for the last admin.
  @discardableResult
  public func disableUser(_ idOrName: String, by: Principal = .system) async throws -> User {
    try await database.write { transaction in
      let user = try transaction.user(idOrName)
      if user.isDisabled { return user }
      try transaction.refuseLastAdmin(user)
      try transaction.execute(
        "UPDATE tocsin_user SET DisabledAt = ?, DisabledBy = ? WHERE UserGuid = ?",
        [.time(transaction.now), .text(by.name), .text(user.userGuid)])
      let ended = try transaction.endSessions(of: user.userGuid)
      try transaction.audit(
        .userDisabled, user.name, by: by, metadata: ["sessions_ended": .integer(Int64(ended))])
      return try transaction.user(user.userGuid)
    }
  }

  /// Lets a disabled user sign in again.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  @discardableResult
  public func enableUser(_ idOrName: String, by: Principal = .system) async throws -> User {
    try await database.write { transaction in
      let user = try transaction.user(idOrName)
      if !user.isDisabled { return user }
      try transaction.execute(
        "UPDATE tocsin_user SET DisabledAt = NULL, DisabledBy = NULL WHERE UserGuid = ?", [.text(user.userGuid)])
      try transaction.audit(.userEnabled, user.name, by: by)
      return try transaction.user(user.userGuid)
    }
  }
}

extension Transaction {
  /// - Throws: ``Failure`` with code `conflict` when nobody else could administer Tocsin any more.
  fileprivate func refuseLastAdmin(_ user: User) throws {
    guard user.role == .admin, !user.isDisabled else { return }
    let others = try integer(
      "SELECT count(*) FROM tocsin_user WHERE Role = 'admin' AND DisabledAt IS NULL AND UserGuid <> ?",
      [.text(user.userGuid)])
    if others == 0 {
      throw Failure(.conflict, "\"\(printable(user.name))\" is the last admin who can sign in; make another one first")
    }
  }
}
