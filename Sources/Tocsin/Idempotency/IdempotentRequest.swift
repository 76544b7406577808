import Crypto
import Foundation

/// A request that its sender may repeat without harm: it names a key of its own, and the same key has its effect once.
public struct IdempotentRequest: Sendable {
  /// Names the row. A hash: who reads the database learns no keys.
  let id: String
  /// What was asked. The same key with something else is a mistake of the sender.
  let fingerprint: String
  /// What the answer is encrypted under, since it may hold a secret. Only the sender can make it again.
  let secret: SymmetricKey

  /// - Parameters:
  ///   - key: chosen by the sender: 1 to 255 printable ASCII characters without a space.
  ///   - sender: who sends it. The same key of somebody else is another.
  ///   - credential: what the sender proved it with, such as a token's secret.
  ///   - route: the route with the names of its parameters, such as `POST /incidents/{id}/notes`. The same key on another
  ///     route is another.
  ///   - path: what was addressed, with its query.
  ///   - body: JSON is compared by its values, anything else by its bytes.
  /// - Throws: ``Failure`` with code `invalid` for a key that is none.
  public init(key: String, sender: String, credential: String, route: String, path: String, body: Data) throws {
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Failure.invalid(Self.header, "must be 1 to 255 printable ASCII characters without a space, such as a UUID")
    }
    let scope = digest([sender, route, key].map { Data($0.utf8) })
    id = hex(scope)
    fingerprint = hex(digest([Data(path.utf8), canonical(body)]))
    secret = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: digest([key, credential].map { Data($0.utf8) })),
      info: Data("tocsin idempotency".utf8) + Data(scope), outputByteCount: 32)
  }

  /// Where it stands in an HTTP request (draft-ietf-httpapi-idempotency-key-header).
  public static let header = "Idempotency-Key"
}

/// Each part is preceded by its length, so that no two lists share a hash.
private func digest(_ parts: [Data]) -> SHA256.Digest {
  var hash = SHA256()
  for part in parts { hash.update(data: Data("\(part.count):".utf8) + part) }
  return hash.finalize()
}

/// JSON without regard to spaces and the order of names.
private func canonical(_ body: Data) -> Data {
  guard let value = try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed),
    let text = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
  else { return body }
  return text
}
