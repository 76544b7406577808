import Crypto
import Foundation

/// One try to sign in by a provider, from the button to the way back. The browser keeps it in a cookie of its own for ten
/// minutes, and nobody else can know it: state, nonce and PKCE verifier are hashes of it, so the server keeps nothing, and
/// a sign-in that began before a restart, or at another server, still ends well.
struct OIDCAttempt: Sendable, Equatable {
  /// Seconds from the button to the way back.
  static let lifetime = 600.0

  /// What the cookie holds: 256 random bits and the second it began. The hashes cover both.
  let cookie: String
  private let began: Date

  init(now: Date) {
    let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    let second = Int(now.timeIntervalSince1970)
    self.init(cookie: "\(secret.base64URL).\(second)", began: Date(timeIntervalSince1970: Double(second)))
  }

  /// - Parameter cookie: as the browser sent it. Nil for what was never one of ours, or is too old.
  init?(cookie: String, now: Date) {
    let parts = cookie.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, Data(base64URL: parts[0])?.count == 32, let second = UInt32(parts[1]) else { return nil }
    let began = Date(timeIntervalSince1970: Double(second))
    guard began <= now + 60, now < began + Self.lifetime else { return nil }
    self.init(cookie: cookie, began: began)
  }

  private init(cookie: String, began: Date) { (self.cookie, self.began) = (cookie, began) }

  /// When the cookie ends.
  var ends: Date { began + Self.lifetime }

  /// Binds the way back to this browser.
  var state: String { hash("state") }
  /// Binds the ID token to this sign-in.
  var nonce: String { hash("nonce") }
  /// Binds the code to this sign-in (RFC 7636).
  var verifier: String { hash("verifier") }
  var challenge: String { Data(SHA256.hash(data: Data(verifier.utf8))).base64URL }

  private func hash(_ purpose: String) -> String {
    Data(SHA256.hash(data: Data("tocsin oidc \(purpose) \(cookie)".utf8))).base64URL
  }
}
