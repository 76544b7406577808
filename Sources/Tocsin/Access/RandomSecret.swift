import Crypto
import Foundation

/// Secrets that Tocsin draws itself: 256 random bits, as 64 hex digits. Only a hash of one is ever kept.
enum RandomSecret {
  static func draw() -> String { hex(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }) }

  /// A secret of so many bits needs no slow hash: it cannot be guessed. Looking up a hash takes a time that says nothing
  /// about any secret.
  static func hash(_ secret: String) -> String { hex(SHA256.hash(data: Data(secret.utf8))) }
}

extension Text {
  /// The name of somebody who acts: 1 to 255 characters that can be seen, none of them a space at either end.
  static func name(_ name: String, _ field: String = "name") throws -> String {
    let name = try line(name, field, 1...255)
    guard !name.unicodeScalars.contains(where: Unseen.contains), name.first?.isWhitespace == false,
      name.last?.isWhitespace == false
    else { throw Failure.invalid(field, "takes no control characters, and no spaces at its ends") }
    return name
  }
}
