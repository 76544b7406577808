import Crypto
import Foundation
import Tocsin

/// Signs messages as Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec): HMAC-SHA256 over
/// `id.timestamp.body`.
struct WebhookSignature: Sendable {
  /// The present one first; while a key is changed, the one before too.
  private let keys: [SymmetricKey]

  /// - Returns: nil when there is no `secret`.
  /// - Throws: ``Failure`` with code `invalid`; it does not repeat the secret.
  init?(_ settings: [String: String]) throws {
    guard let secret = settings["secret"] else {
      if settings["secret_previous"] != nil { throw Setting.invalid("secret_previous", "needs a secret") }
      return nil
    }
    let previous = settings["secret_previous"]
    keys =
      [try Self.key(Secret(secret), "secret")]
      + (try previous.map { [try Self.key(Secret($0), "secret_previous")] } ?? [])
  }

  /// - Parameter secret: `whsec_` and the key in base64, 24 to 64 bytes; or any text of 24 bytes or more, whose bytes are
  ///   the key.
  private static func key(_ secret: Secret, _ setting: String) throws -> SymmetricKey {
    let prefix = "whsec_"
    guard secret.exposed.hasPrefix(prefix) else {
      guard secret.exposed.utf8.count >= 24 else {
        throw Setting.invalid(setting, "is too short: a text needs 24 bytes or more")
      }
      return SymmetricKey(data: Data(secret.exposed.utf8))
    }
    guard let bytes = Data(base64Encoded: String(secret.exposed.dropFirst(prefix.count))),
      (24...64).contains(bytes.count)
    else { throw Setting.invalid(setting, "must be 24 to 64 bytes in base64 after whsec_") }
    return SymmetricKey(data: bytes)
  }

  /// The value of the header `webhook-signature`: one signature for each key, separated by spaces.
  ///
  /// - Parameter timestamp: seconds since 1970, as in the header `webhook-timestamp`.
  func header(id: String, timestamp: Int, body: [UInt8]) -> String {
    let signed = Array("\(id).\(timestamp).".utf8) + body
    let codes = keys.map { Data(HMAC<SHA256>.authenticationCode(for: signed, using: $0)).base64EncodedString() }
    return codes.map { "v1,\($0)" }.joined(separator: " ")
  }
}
