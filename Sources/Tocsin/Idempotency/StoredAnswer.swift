import Crypto
import Foundation

/// What a request was answered, as it goes over the wire.
public struct StoredAnswer: Codable, Sendable, Equatable {
  public var status: Int
  /// By their names in small letters.
  public var headers: [String: String]
  public var body: String

  public init(status: Int, headers: [String: String], body: String) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// What a row holds, but only for the sender of the request.
private struct Content: Codable {
  let fingerprint: String
  let answer: StoredAnswer?
}

extension IdempotentRequest {
  /// Encrypts what is kept with AES-GCM, bound to its row.
  func seal(_ answer: StoredAnswer?) throws -> String {
    let content = try JSONEncoder().encode(Content(fingerprint: fingerprint, answer: answer))
    let box = try AES.GCM.seal(content, using: secret, authenticating: Data(id.utf8))
    return (box.nonce + box.ciphertext + box.tag).base64EncodedString()
  }

  /// - Returns: nil when the request was done, and its answer was lost with the process that did it.
  /// - Throws: ``Failure`` with code `invalid` when the key was used for another request, `conflict` when with another
  ///   credential.
  func open(_ sealed: String) throws -> StoredAnswer? {
    guard let content = decrypted(sealed) else {
      throw Failure(
        .conflict,
        "this \(Self.header) was used with another credential, so its answer cannot be shown. See what the first request "
          + "did, and take a new key", field: Self.header)
    }
    guard content.fingerprint == fingerprint else {
      throw Failure.invalid(Self.header, "was used for another request before; take a new key for a new request")
    }
    return content.answer
  }

  private func decrypted(_ sealed: String) -> Content? {
    guard let data = Data(base64Encoded: sealed), let box = try? AES.GCM.SealedBox(combined: data),
      let text = try? AES.GCM.open(box, using: secret, authenticating: Data(id.utf8))
    else { return nil }
    return try? JSONDecoder().decode(Content.self, from: text)
  }
}
