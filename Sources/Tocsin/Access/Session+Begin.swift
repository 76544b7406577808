import Foundation
import Storage

/// What a new session starts with.
struct SessionDraft: Sendable {
  let method: String
  let address: String?
  let userAgent: String?
  let secret = RandomSecret.draw()

  init(method: String, address: String?, userAgent: String?) {
    self.method = method
    self.address = address.map { seen($0, 64) }
    self.userAgent = userAgent.map { seen($0, 255) }
  }
}

extension Transaction {
  /// Begins a session for a user who has shown who they are, and removes those that are over.
  func begin(_ draft: SessionDraft, for userGuid: String) throws -> NewSession {
    try execute("DELETE FROM tocsin_session WHERE CreatedAt <= ? OR LastSeenAt <= ?", oldestSession)
    try makeRoom(for: userGuid)
    let guid = newGuid()
    try execute(
      """
      INSERT INTO tocsin_session (SessionGuid, UserGuid, SecretHash, Method, Address, UserAgent, CreatedAt, LastSeenAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(guid), .text(userGuid), .text(RandomSecret.hash(draft.secret)), .text(draft.method),
        .text(draft.address), .text(draft.userAgent), .time(now), .time(now),
      ])
    try execute("UPDATE tocsin_user SET LastLoginAt = ? WHERE UserGuid = ?", [.time(now), .text(userGuid)])
    let user = try user(userGuid)
    try audit(
      .login, user.name, by: Principal(user.name), at: draft.address,
      metadata: [
        "method": .string(draft.method), "session_guid": .string(guid),
        "user_agent": draft.userAgent.map { .string($0) } ?? .null,
      ])
    let session = Session(
      sessionGuid: guid, userGuid: userGuid, method: draft.method, address: draft.address,
      userAgent: draft.userAgent, createdAt: now, lastSeenAt: now)
    return NewSession(session: session, user: user, secret: draft.secret)
  }

  /// Ends the oldest ones where there are too many.
  private func makeRoom(for userGuid: String) throws {
    let surplus = try rows(
      "SELECT SessionGuid FROM tocsin_session WHERE UserGuid = ? ORDER BY CreatedAt DESC, SessionGuid DESC LIMIT 1000 OFFSET ?",
      [.text(userGuid), .integer(Session.most - 1)])
    for row in surplus {
      try execute("DELETE FROM tocsin_session WHERE SessionGuid = ?", [.text(row.text("SessionGuid"))])
    }
  }
}
