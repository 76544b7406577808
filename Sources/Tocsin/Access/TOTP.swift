import Crypto
import Foundation

/// Codes of authenticator apps: time-based one-time passwords (RFC 6238) by HMAC-SHA-1, six digits, 30 seconds, which is
/// what every app can do.
struct TOTP: Sendable {
  static let period = 30.0
  static let digits = 6

  let secret: [UInt8]

  /// 160 bits, as RFC 4226 (4, R6) recommends.
  static func draw() -> TOTP { TOTP(secret: SymmetricKey(size: .init(bitCount: 160)).withUnsafeBytes { Array($0) }) }

  static func step(_ time: Date) -> Int { Int((time.timeIntervalSince1970 / period).rounded(.down)) }

  /// The code of a step.
  func code(_ step: Int, digits: Int = Self.digits) -> String {
    let counter = withUnsafeBytes(of: UInt64(bitPattern: Int64(step)).bigEndian) { Data($0) }
    let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
    let offset = Int(mac[mac.count - 1] & 15)
    let number = mac[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    let modulus = (0..<digits).reduce(UInt64(1)) { product, _ in product * 10 }
    let text = String(UInt64(number) % modulus)
    return String(repeating: "0", count: digits - text.count) + text
  }

  /// The step whose code this is: the one of `time`, the one before or the one after, for clocks that differ, and later
  /// than the one used last.
  func step(of code: String, at time: Date, after last: Int?) -> Int? {
    let now = Self.step(time)
    // All three are looked at, in constant time.
    let sent = SymmetricKey(data: Data(code.utf8))
    let fitting = [now - 1, now, now + 1].filter { SymmetricKey(data: Data(self.code($0).utf8)) == sent }
    return fitting.first { $0 > last ?? .min }
  }

  /// What an authenticator app reads from a QR code (github.com/google/google-authenticator/wiki/Key-Uri-Format).
  func uri(for name: String) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.formIntersection(CharacterSet(charactersIn: Unicode.Scalar(0)...Unicode.Scalar(127)))
    allowed.insert(charactersIn: "-._~")
    let label = "Tocsin:" + (name.addingPercentEncoding(withAllowedCharacters: allowed) ?? "user")
    return "otpauth://totp/\(label)?secret=\(Base32.encode(secret))&issuer=Tocsin&algorithm=SHA1&digits=6&period=30"
  }
}

/// RFC 4648, section 6, without padding, as authenticator apps take it.
enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

  static func encode(_ bytes: [UInt8]) -> String {
    var (text, bits, count) = ("", 0, 0)
    for byte in bytes {
      (bits, count) = (bits << 8 | Int(byte), count + 8)
      while count >= 5 {
        count -= 5
        text.append(alphabet[bits >> count & 31])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[bits << (5 - count) & 31]) }
    return text
  }
}
