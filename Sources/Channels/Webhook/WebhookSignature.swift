import Crypto
import Foundation
import Tocsin

/// Signs messages as Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec): HMAC-SHA256 over
/// `id.timestamp.body`.
struct WebhookSignature: Sendable {
  private let key: SymmetricKey

  /// - Parameter secret: `whsec_` and the key in base64, 24 to 64 bytes; or any text of 24 bytes or more, whose bytes are
  ///   the key.
  /// - Throws: ``Failure`` with code `invalid`; it does not repeat the secret.
  init(secret: Secret) throws {
    let prefix = "whsec_"
    guard secret.exposed.hasPrefix(prefix) else {
      guard secret.exposed.utf8.count >= 24 else {
        throw Setting.invalid("secret", "is too short: a text needs 24 bytes or more")
      }
      key = SymmetricKey(data: Data(secret.exposed.utf8))
      return
    }
    guard let bytes = Data(base64Encoded: String(secret.exposed.dropFirst(prefix.count))),
      (24...64).contains(bytes.count)
    else { throw Setting.invalid("secret", "must be 24 to 64 bytes in base64 after whsec_") }
    key = SymmetricKey(data: bytes)
  }

  /// The value of the header `webhook-signature`.
  ///
  /// - Parameter timestamp: seconds since 1970, as in the header `webhook-timestamp`.
  func header(id: String, timestamp: Int, body: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(timestamp).".utf8) + body, using: key)
    return "v1,\(Data(code).base64EncodedString())"
  }
}
