import Foundation

/// Which passwords are taken (NIST SP 800-63B, OWASP ASVS 6.2): any of enough characters, but none that everybody tries.
enum Password {
  /// Characters.
  static let shortest = 8
  /// Bytes of UTF-8.
  static let longest = 1024

  /// - Throws: ``Failure`` with code `invalid` that says what is wrong, and never the password.
  static func check(_ password: String, of name: String) throws {
    if password.unicodeScalars.count < shortest {
      throw Failure.invalid("password", "is too short; it takes \(shortest) characters or more")
    }
    if password.utf8.count > longest {
      throw Failure.invalid("password", "is too long; it takes up to \(longest) bytes")
    }
    let plain = folded(password)
    if CommonPasswords.contains(plain) {
      throw Failure.invalid("password", "is one of those that everybody tries first; a few random words are better")
    }
    let name = folded(name)
    if plain.contains("tocsin") || name.count > 3 && plain.contains(name) {
      throw Failure.invalid("password", "contains the user's name or Tocsin's; leave it out")
    }
  }

  private static func folded(_ text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased()
  }
}

extension Incidents {
  /// The hash of a new password.
  ///
  /// - Throws: ``Failure`` with code `invalid`, `tooMany`.
  func hashed(_ password: String, of name: String) async throws -> String {
    try Password.check(password, of: name)
    let rounds = settings.passwordRounds
    return try await passwordWork.run { try PasswordHash(password, rounds: rounds).text }
  }
}
