import Foundation
import Tocsin

/// Who is asking, and by what.
struct WhoAmI: Codable, Sendable {
  enum Credential: String, Word {
    case session, token
    static let field = "credential"
    static func spelling(_ word: String) -> String { word.lowercased() }
  }

  let name: String
  let role: Role
  let credential: Credential
  /// When the credential ends; null for a token that does not.
  @OrNull var expiresAt: Date?
  /// What a change must bring along; null for a token, which needs none.
  @OrNull var csrfToken: String?

  init(_ user: User, _ session: Session, csrfToken: String) {
    (name, role, credential) = (user.name, user.role, .session)
    expiresAt = min(session.createdAt + Session.life, session.lastSeenAt + Session.idle)
    self.csrfToken = csrfToken
  }

  init(_ token: Token) {
    (name, role, credential) = (token.name, token.role, .token)
    (expiresAt, csrfToken) = (token.expiresAt, nil)
  }
}

/// Where somebody is signed in.
struct OwnSession: Codable, Sendable {
  let sessionGuid: String
  let method: String
  @OrNull var address: String?
  @OrNull var userAgent: String?
  let createdAt: Date
  let lastSeenAt: Date
  /// Whether it is the one that asks.
  let isCurrent: Bool

  init(_ session: Session, isCurrent: Bool) {
    (sessionGuid, method) = (session.sessionGuid, session.method)
    (address, userAgent) = (session.address, session.userAgent)
    (createdAt, lastSeenAt) = (session.createdAt, session.lastSeenAt)
    self.isCurrent = isCurrent
  }
}

struct OwnSessions: Codable, Sendable { let items: [OwnSession] }
struct EndedSessions: Codable, Sendable { let sessionsEnded: Int }

/// What somebody puts into an authenticator app.
struct TOTPStart: Codable, Sendable {
  let totpSecret: String
  let totpUri: String
}

struct RecoveryCodes: Codable, Sendable { let recoveryCodes: [String] }
