import Foundation
import Storage

/// What was done about access, or tried. Security-relevant changes write one entry each, in the transaction of the change.
public enum AuditAction: String, Word {
  case tokenCreated = "TOKEN_CREATED"
  case tokenRevoked = "TOKEN_REVOKED"
  case userCreated = "USER_CREATED"
  case passwordSet = "PASSWORD_SET"
  case roleChanged = "ROLE_CHANGED"
  case userDisabled = "USER_DISABLED"
  case userEnabled = "USER_ENABLED"
  case login = "LOGIN"
  case loginFailed = "LOGIN_FAILED"
  case loginThrottled = "LOGIN_THROTTLED"
  case logout = "LOGOUT"
  case sessionEnded = "SESSION_ENDED"
  case totpEnabled = "TOTP_ENABLED"
  case totpDisabled = "TOTP_DISABLED"
  case recoveryCodesMade = "RECOVERY_CODES_MADE"
  case setUp = "SET_UP"
  case accessDenied = "ACCESS_DENIED"
  case notifyRuleChanged = "NOTIFY_RULE_CHANGED"
  case silenceCreated = "SILENCE_CREATED"
  case silenceChanged = "SILENCE_CHANGED"
  case silenceExpired = "SILENCE_EXPIRED"
  case heartbeatSet = "HEARTBEAT_SET"
  case heartbeatDeleted = "HEARTBEAT_DELETED"
  case demoLoaded = "DEMO_LOADED"
  case demoRemoved = "DEMO_REMOVED"

  public static let field = "action"
}

/// An entry of the audit log: a row of `tocsin_audit`. Never edited, never deleted; it holds no secret and no
/// ``Unseen`` character.
public struct AuditEntry: Sendable, Equatable, Codable {
  public enum Outcome: String, Word {
    case done = "DONE"
    case refused = "REFUSED"

    public static let field = "outcome"
  }

  /// Its place in the log: 1, 2, 3 … without a gap.
  public internal(set) var seq: Int
  public let timestamp: Date
  public let action: AuditAction
  /// Who did it; empty when nobody knows.
  public let actor: String
  /// The user, token or rule that it was done to.
  @OrNull public var subject: String?
  /// The network address it came from; nil on the server's own machine.
  @OrNull public var address: String?
  public let outcome: Outcome
  @OrNull public var metadata: Metadata?
  /// SHA-256 over this entry and the hash before it, in hex.
  public internal(set) var hash: String
}

extension AuditEntry {
  init(_ row: Row) throws {
    seq = try row.integer("Seq")
    timestamp = try row.time("Timestamp")
    action = try AuditAction(word: row.text("Action"))
    actor = try row.text("Actor")
    subject = try row.optionalText("Subject")
    address = try row.optionalText("Address")
    guard let outcome = try Outcome(rawValue: row.text("Outcome")) else {
      throw StorageError(.unreadable, "column Outcome holds no outcome")
    }
    self.outcome = outcome
    metadata = try JSONValue.object(row.optionalText("Metadata"))
    hash = try row.text("Hash")
  }
}
