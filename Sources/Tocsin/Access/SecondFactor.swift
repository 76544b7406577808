import Foundation
import Storage

/// What came of a code.
enum CodeVerdict {
  /// With what it was: `totp` or `recovery_code`.
  case right(String)
  case wrong
  /// The key to the secret is missing.
  case unreadable
}

/// A code without the spaces and dashes in which people write it.
func plainCode(_ code: String) -> String {
  code.lowercased().filter { !$0.isWhitespace && $0 != "-" }
}

extension Transaction {
  /// Checks a code and uses it up. In a write, so that of many at once with the same code one gets in.
  func use(_ code: String, of user: Row, _ key: SecretsKey?) throws -> CodeVerdict {
    let guid = try user.text("UserGuid")
    let code = plainCode(code)
    if code.utf8.count != TOTP.digits {
      let matched = try execute(
        "DELETE FROM tocsin_recovery_code WHERE UserGuid = ? AND CodeHash = ?",
        [.text(guid), .text(RandomSecret.hash(code))])
      return matched == 1 ? .right("recovery_code") : .wrong
    }
    guard let sealed = try user.optionalText("TotpSecret"), let secret = key?.open(sealed, owner: guid) else {
      return .unreadable
    }
    let step = TOTP(secret: secret).step(of: code, at: now, after: try user.optionalInteger("TotpStep"))
    guard let step else { return .wrong }
    try execute("UPDATE tocsin_user SET TotpStep = ? WHERE UserGuid = ?", [.integer(step), .text(guid)])
    return .right("totp")
  }

  /// Ten codes of 80 random bits, as `xxxx-xxxx-xxxx-xxxx`; only hashes are kept. They need no slow hash: they cannot be
  /// guessed.
  func drawRecoveryCodes(for userGuid: String) throws -> [String] {
    try execute("DELETE FROM tocsin_recovery_code WHERE UserGuid = ?", [.text(userGuid)])
    return try (0..<10).map { _ in
      let letters = Array(Base32.encode(Array(TOTP.draw().secret.prefix(10))).lowercased())
      let code = stride(from: 0, to: 16, by: 4).map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
      try execute(
        "INSERT INTO tocsin_recovery_code (UserGuid, CodeHash) VALUES (?, ?)",
        [.text(userGuid), .text(RandomSecret.hash(plainCode(code)))])
      return code
    }
  }
}
