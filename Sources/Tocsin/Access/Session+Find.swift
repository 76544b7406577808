import Foundation
import Storage

extension Incidents {
  /// The session with this secret; nil when there is none, it is over, or its user is disabled. That it was used is noted
  /// to the minute, without any wait.
  public func session(secret: String) async throws -> SignedIn? {
    let (found, now) = try await database.read { transaction in
      (try transaction.signedIn(secret), transaction.now)
    }
    guard let found else { return nil }
    lastUse.note(
      found.session.sessionGuid, before: found.session.lastSeenAt, now: now,
      "UPDATE tocsin_session SET LastSeenAt = ? WHERE SessionGuid = ? AND LastSeenAt < ?", database)
    return found
  }

  /// The sessions of a user that are not over, newest first.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  public func sessions(of idOrName: String) async throws -> [Session] {
    try await database.read { transaction in
      let user = try transaction.user(idOrName)
      return try transaction.rows(
        """
        SELECT * FROM tocsin_session WHERE UserGuid = ? AND CreatedAt > ? AND LastSeenAt > ?
        ORDER BY CreatedAt DESC, SessionGuid DESC
        """, [.text(user.userGuid)] + transaction.oldestSession
      ).map(Session.init)
    }
  }
}

extension Transaction {
  /// Sessions begun, and used last, before these times are over.
  var oldestSession: [SQLValue] {
    [.time(now.addingTimeInterval(-Session.life)), .time(now.addingTimeInterval(-Session.idle))]
  }

  fileprivate func signedIn(_ secret: String) throws -> SignedIn? {
    let row = try row(
      "SELECT * FROM tocsin_session WHERE SecretHash = ? AND CreatedAt > ? AND LastSeenAt > ?",
      [.text(RandomSecret.hash(secret))] + oldestSession)
    guard let session = try row.map(Session.init) else { return nil }
    let user = try user(session.userGuid)
    return user.isDisabled
      ? nil : SignedIn(session: session, user: user, csrfToken: Session.csrfToken(secret))
  }
}
