import Crypto
import Foundation
import Storage

/// Somebody who is signed in at one browser. Only a hash of its secret is kept.
public struct Session: Sendable, Equatable, Codable {
  /// Seconds after signing in, after which one has to sign in again.
  public static let life = 12 * 3600.0
  /// Seconds without a request, after which one has to sign in again.
  public static let idle = 2 * 3600.0
  /// Sessions that a user may have; another one ends the oldest.
  public static let most = 50

  public let sessionGuid: String
  public let userGuid: String
  /// How they signed in: `password`, `totp`, `recovery_code`, `oidc`, `set_up`.
  public let method: String
  /// Where they signed in from.
  @OrNull public var address: String?
  /// What their browser calls itself, up to 255 characters.
  @OrNull public var userAgent: String?
  public let createdAt: Date
  /// To the minute.
  public let lastSeenAt: Date
}

/// A session that has just begun.
public struct NewSession: Sendable, Equatable {
  public let session: Session
  public let user: User
  /// For the cookie, and shown this once: 64 hex digits.
  public let secret: String
  /// What every change must bring along.
  public var csrfToken: String { Session.csrfToken(secret) }
}

/// Who sent a request, by their session.
public struct SignedIn: Sendable, Equatable {
  public let session: Session
  public let user: User
  /// What every change must bring along.
  public let csrfToken: String

  /// - Parameter address: where this request came from.
  public func visitor(from address: String? = nil) throws -> Visitor {
    Visitor(try Principal(user.name, from: address), user.role)
  }
}

extension Session {
  init(_ row: Row) throws {
    sessionGuid = try row.text("SessionGuid")
    userGuid = try row.text("UserGuid")
    method = try row.text("Method")
    address = try row.optionalText("Address")
    userAgent = try row.optionalText("UserAgent")
    createdAt = try row.time("CreatedAt")
    lastSeenAt = try row.time("LastSeenAt")
  }

  /// Made from the session's secret, so that it is nowhere kept: whoever reads the database knows neither.
  static func csrfToken(_ secret: String) -> String {
    hex(HMAC<SHA256>.authenticationCode(for: Data("csrf".utf8), using: SymmetricKey(data: Data(secret.utf8))))
  }
}

extension SignedIn {
  /// Whether a change brought the token of its session along. Compared in constant time.
  public func accepts(csrfToken sent: String) -> Bool {
    SymmetricKey(data: Data(sent.utf8)) == SymmetricKey(data: Data(csrfToken.utf8))
  }
}
