import Crypto
import CryptoExtras
import Foundation
import Storage

/// A password as it is kept: `$scrypt$ln=17,r=8,p=1$SALT$HASH` (RFC 7914, in the form of the PHC string format), with its
/// parameters, so that they can be raised.
struct PasswordHash: Sendable, Equatable {
  /// N of scrypt: a power of two.
  let rounds: Int
  let blockSize: Int
  let parallelism: Int
  let salt: [UInt8]
  let key: SymmetricKey

  /// Blocks for a good part of a second: call it by ``PasswordWork`` only.
  init(_ password: String, rounds: Int) throws {
    self.rounds = rounds
    (blockSize, parallelism) = (8, 1)
    salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
    key = try Self.derive(password, salt, rounds, blockSize, parallelism)
  }

  /// Fits no password, at the cost of a real one: for whoever has none.
  init(ofNobodyAt rounds: Int) {
    self.rounds = rounds
    (blockSize, parallelism) = (8, 1)
    salt = [UInt8](repeating: 0, count: 16)
    key = SymmetricKey(size: .bits256)
  }

  /// Reads ``text``.
  ///
  /// - Throws: ``StorageError`` with code `unreadable`, also for parameters that would take more than a gibibyte.
  init(text: String) throws {
    let pattern = /\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9])\$([A-Za-z0-9+\/]+={0,2})\$([A-Za-z0-9+\/]+={0,2})/
    guard let match = text.wholeMatch(of: pattern), let exponent = Int(match.1), let blockSize = Int(match.2),
      let parallelism = Int(match.3), let salt = Data(base64Encoded: String(match.4)),
      let key = Data(base64Encoded: String(match.5)), (1...20).contains(exponent), (1...32).contains(blockSize),
      (1...4).contains(parallelism), 128 * blockSize << exponent <= 1 << 30, key.count == 32
    else { throw StorageError(.unreadable, "column PasswordHash is not one that Tocsin wrote") }
    (rounds, self.blockSize, self.parallelism) = (1 << exponent, blockSize, parallelism)
    self.salt = Array(salt)
    self.key = SymmetricKey(data: key)
  }

  var text: String {
    let key = key.withUnsafeBytes { Data($0).base64EncodedString() }
    let parameters = "ln=\(rounds.trailingZeroBitCount),r=\(blockSize),p=\(parallelism)"
    return "$scrypt$\(parameters)$\(Data(salt).base64EncodedString())$\(key)"
  }

  /// Whether `password` is the one. Blocks like ``init(_:rounds:)``; keys are compared in constant time.
  func matches(_ password: String) -> Bool {
    // A longer one was never accepted; an empty one never matches, whatever is kept.
    guard (1...Password.longest).contains(password.utf8.count) else { return false }
    return (try? Self.derive(password, salt, rounds, blockSize, parallelism)) == key
  }

  private static func derive(
    _ password: String, _ salt: [UInt8], _ rounds: Int, _ blockSize: Int, _ parallelism: Int
  ) throws -> SymmetricKey {
    // NFKC: the same characters, however a keyboard composes them (NIST SP 800-63B, 5.1.1.2).
    let bytes = Array(password.precomposedStringWithCompatibilityMapping.utf8)
    return try KDF.Scrypt.deriveKey(
      from: bytes, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
  }
}
