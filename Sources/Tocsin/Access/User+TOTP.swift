import Foundation
import Storage

/// What a user puts into an authenticator app.
public struct TOTPSetUp: Sendable, Equatable {
  /// Base32, to type in.
  public let secret: String
  /// An `otpauth:` URI, to show as a QR code.
  public let uri: String
}

extension Incidents {
  /// Draws a secret for a user's authenticator app. Nothing changes until ``confirmTOTP(of:code:by:)``; calling it again
  /// draws another.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` when the user has a second factor; `unavailable` when the key
  ///   file cannot be made.
  public func startTOTP(of idOrName: String) async throws -> TOTPSetUp {
    guard let keyFile else { throw Failure(.unavailable, "no key file is set, so no second factor can be kept") }
    let key = try keyFile.loadOrMake()
    let totp = TOTP.draw()
    return try await database.write { transaction in
      let user = try transaction.user(idOrName)
      try refuseSecondFactor(user)
      try transaction.execute(
        "UPDATE tocsin_user SET TotpPending = ? WHERE UserGuid = ?",
        [.text(key.seal(totp.secret, owner: user.userGuid)), .text(user.userGuid)])
      return TOTPSetUp(secret: Base32.encode(totp.secret), uri: totp.uri(for: user.name))
    }
  }

  /// Turns the second factor on, when the app shows the right code.
  ///
  /// - Returns: ten recovery codes, each good for one login without the app; they are shown this once.
  /// - Throws: ``Failure`` with code `invalid` for a wrong code, `conflict` before ``startTOTP(of:)``, `notFound`,
  ///   `unavailable` without the key.
  public func confirmTOTP(of idOrName: String, code: String, by: Principal) async throws -> [String] {
    let key = try keyFile?.load()
    return try await database.write { transaction in
      let row = try transaction.userRow(idOrName)
      let user = try User(row)
      try refuseSecondFactor(user)
      guard let pending = try row.optionalText("TotpPending") else {
        throw Failure(.conflict, "there is no secret to confirm: start again")
      }
      guard let secret = key?.open(pending, owner: user.userGuid) else {
        throw Failure(.unavailable, "the secret cannot be read: the key file was lost or replaced. Start again")
      }
      guard let step = TOTP(secret: secret).step(of: plainCode(code), at: transaction.now, after: nil) else {
        throw Failure.invalid("code", "is not the one that the app should show now; check the clocks")
      }
      try transaction.execute(
        """
        UPDATE tocsin_user SET TotpSecret = TotpPending, TotpPending = NULL, TotpEnabledAt = ?, TotpStep = ?
        WHERE UserGuid = ?
        """, [.time(transaction.now), .integer(step), .text(user.userGuid)])
      try transaction.audit(.totpEnabled, user.name, by: by)
      return try transaction.drawRecoveryCodes(for: user.userGuid)
    }
  }

  /// Turns a user's second factor off: by the user, or by an admin for somebody who lost the app.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` when there is none.
  @discardableResult
  public func disableTOTP(of idOrName: String, by: Principal) async throws -> User {
    try await database.write { transaction in
      let user = try transaction.requireSecondFactor(idOrName)
      try transaction.execute(
        """
        UPDATE tocsin_user SET TotpSecret = NULL, TotpPending = NULL, TotpEnabledAt = NULL, TotpStep = NULL
        WHERE UserGuid = ?
        """, [.text(user.userGuid)])
      try transaction.execute("DELETE FROM tocsin_recovery_code WHERE UserGuid = ?", [.text(user.userGuid)])
      try transaction.audit(.totpDisabled, user.name, by: by)
      return try transaction.user(user.userGuid)
    }
  }

  /// Draws ten new recovery codes; the old ones are void.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` without a second factor.
  public func drawRecoveryCodes(of idOrName: String, by: Principal) async throws -> [String] {
    try await database.write { transaction in
      let user = try transaction.requireSecondFactor(idOrName)
      try transaction.audit(.recoveryCodesMade, user.name, by: by)
      return try transaction.drawRecoveryCodes(for: user.userGuid)
    }
  }

  /// How many recovery codes a user has left.
  public func recoveryCodesLeft(of idOrName: String) async throws -> Int {
    try await database.read { transaction in
      try transaction.integer(
        "SELECT count(*) FROM tocsin_recovery_code WHERE UserGuid = ?", [.text(transaction.user(idOrName).userGuid)])
    }
  }
}

private func refuseSecondFactor(_ user: User) throws {
  if user.hasSecondFactor { throw Failure(.conflict, "the user has a second factor already; turn it off first") }
}

extension Transaction {
  fileprivate func requireSecondFactor(_ idOrName: String) throws -> User {
    let user = try user(idOrName)
    if !user.hasSecondFactor { throw Failure(.conflict, "the user has no second factor") }
    return user
  }
}
