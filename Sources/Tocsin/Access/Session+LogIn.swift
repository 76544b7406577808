import Foundation
import Storage

/// What came of a right name and password.
public enum LogInOutcome: Sendable, Equatable {
  case session(NewSession)
  /// The user has a second factor: ask for a code, and log in again with it.
  case secondFactorNeeded
}

extension Incidents {
  /// Signs a user in.
  ///
  /// - Parameters:
  ///   - code: six digits of an authenticator app or a recovery code, when the user has a second factor.
  ///   - address: the client's network address: wrong logins are counted by it.
  ///   - userAgent: what the browser calls itself.
  /// - Throws: ``Failure`` with code `unauthenticated` for a wrong name, password or code; `forbidden` for a disabled user;
  ///   `tooMany` with the seconds to wait.
  public func logIn(
    name: String, password: String, code: String? = nil, address: String?, userAgent: String? = nil
  ) async throws -> LogInOutcome {
    let attempt = LogInAttempt(name: try Text.line(name, "name", 1...255), address: address)
    let entry = try await enter(attempt)
    let isRight = try await verify(password, entry)
    let newHash = isRight ? await renewed(entry, password) : nil
    let secrets = (try? keyFile?.load()) ?? nil
    let verdict = try await database.write { transaction in
      let proof = Proof(isPasswordRight: isRight, code: code, secrets: secrets, newHash: newHash, userAgent: userAgent)
      return try transaction.decide(entry, proof)
    }
    return try verdict.get()
  }

  /// The password's hash with today's cost, if it was kept with another.
  private func renewed(_ entry: LogInEntry, _ password: String) async -> String? {
    let rounds = settings.passwordRounds
    if entry.passwordHash?.rounds == rounds { return nil }
    return try? await passwordWork.run { try PasswordHash(password, rounds: rounds).text }
  }
}

/// What somebody brought along to sign in with.
private struct Proof: Sendable {
  let isPasswordRight: Bool
  let code: String?
  let secrets: SecretsKey?
  let newHash: String?
  let userAgent: String?
}

extension Transaction {
  /// A refusal is returned rather than thrown: that it is counted must be kept.
  fileprivate func decide(_ entry: LogInEntry, _ proof: Proof) throws -> Result<LogInOutcome, Failure> {
    let row = try entry.userGuid.map { try userRow($0) }
    // The password may have been changed while it was checked.
    guard proof.isPasswordRight, let row, try row.optionalText("PasswordHash") == entry.passwordHash?.text else {
      try fail(entry, user: try row?.text("Name"), "password")
      return .failure(Failure(.unauthenticated, "the name or the password is wrong"))
    }
    let user = try User(row)
    if user.isDisabled {
      try fail(entry, user: user.name, "disabled")
      return .failure(Failure(.forbidden, "this user is disabled; an admin can enable it again"))
    }
    var method = "password"
    if user.hasSecondFactor {
      guard let code = proof.code, !code.isEmpty else {
        try release(entry)
        return .success(.secondFactorNeeded)
      }
      switch try use(code, of: row, proof.secrets) {
      case .right(let kind): method = kind
      case .wrong:
        try fail(entry, user: user.name, "code")
        return .failure(
          Failure(
            .unauthenticated, "the code is wrong, too old, or was used before; wait for the next one", field: "code"))
      case .unreadable:
        try release(entry)
        return .failure(
          Failure(
            .unavailable,
            "the second factor cannot be checked: the server has lost its key. Use a recovery code, or ask an admin"))
      }
    }
    try succeed(entry)
    if let newHash = proof.newHash {
      try execute("UPDATE tocsin_user SET PasswordHash = ? WHERE UserGuid = ?", [.text(newHash), .text(user.userGuid)])
    }
    let draft = SessionDraft(method: method, address: entry.attempt.address, userAgent: proof.userAgent)
    return .success(.session(try begin(draft, for: user.userGuid)))
  }
}
