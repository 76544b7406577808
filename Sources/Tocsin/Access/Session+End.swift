import Storage

extension Incidents {
  /// Ends the session with this secret. One that is over already is no error.
  public func logOut(secret: String, address: String? = nil) async throws {
    try await database.write { transaction in
      let row = try transaction.row(
        "SELECT * FROM tocsin_session WHERE SecretHash = ?", [.text(RandomSecret.hash(secret))])
      guard let session = try row.map(Session.init) else { return }
      let user = try transaction.user(session.userGuid)
      try transaction.execute("DELETE FROM tocsin_session WHERE SessionGuid = ?", [.text(session.sessionGuid)])
      try transaction.audit(.logout, user.name, by: Principal(user.name, from: address))
    }
  }

  /// Ends one session of a user.
  ///
  /// - Parameter user: whose it must be, by guid or name.
  /// - Throws: ``Failure`` with code `notFound`, also when it is another user's.
  public func endSession(_ guid: String, of user: String, by: Principal = .system) async throws {
    try await database.write { transaction in
      let user = try transaction.user(user)
      let matched = try transaction.execute(
        "DELETE FROM tocsin_session WHERE SessionGuid = ? AND UserGuid = ?", [.text(guid), .text(user.userGuid)])
      if matched == 0 { throw Failure(.notFound, "\"\(printable(user.name))\" has no such session") }
      try transaction.audit(.sessionEnded, user.name, by: by, metadata: ["sessions_ended": 1])
    }
  }

  /// Ends all sessions of a user, and says how many.
  ///
  /// - Parameter keeping: the guid of one that goes on.
  /// - Throws: ``Failure`` with code `notFound`.
  @discardableResult
  public func endSessions(of idOrName: String, keeping: String? = nil, by: Principal = .system) async throws -> Int {
    try await database.write { transaction in
      let user = try transaction.user(idOrName)
      let ended = try transaction.endSessions(of: user.userGuid, keeping: keeping)
      if ended > 0 {
        try transaction.audit(.sessionEnded, user.name, by: by, metadata: ["sessions_ended": .integer(Int64(ended))])
      }
      return ended
    }
  }
}

extension Transaction {
  func endSessions(of userGuid: String, keeping: String? = nil) throws -> Int {
    try execute(
      "DELETE FROM tocsin_session WHERE UserGuid = ? AND SessionGuid <> ?", [.text(userGuid), .text(keeping ?? "")])
  }
}
