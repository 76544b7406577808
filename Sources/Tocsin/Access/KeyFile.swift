import Crypto
import Foundation

/// The key for the few secrets that must be kept readable: 256 bits in a file of its own beside the database, so that a copy
/// of the database alone gives none of them away. See docs/decisions.
struct KeyFile: Sendable {
  let path: String

  /// The key; nil when there is no file yet.
  ///
  /// - Throws: ``Failure`` with code `unavailable` that names the file when it cannot be read or holds no key.
  func load() throws -> SecretsKey? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Failure(.unavailable, "cannot read the key file \(path): check its permissions")
    }
    guard let key = SecretsKey(text: text) else {
      throw Failure(.unavailable, "the key file \(path) holds no key: 64 hex digits. Put the right one back")
    }
    return key
  }

  /// The key, made when there is none: readable by its owner only.
  ///
  /// - Throws: ``Failure`` with code `unavailable`.
  func loadOrMake() throws -> SecretsKey {
    if let key = try load() { return key }
    // A whole file takes its place at once: nobody reads a half, and of two that make one the first wins.
    let draft = "\(path).\(UUID().uuidString)"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw cannotMake }
    defer { unlink(draft) }
    let text = Array((RandomSecret.draw() + "\n").utf8)
    let isWritten = write(descriptor, text, text.count) == text.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, link(draft, path) == 0 || errno == EEXIST, let key = try load() else { throw cannotMake }
    return key
  }

  private var cannotMake: Failure {
    Failure(.unavailable, "cannot make the key file \(path): \(String(cString: strerror(errno)))")
  }
}

/// Seals secrets with AES-GCM.
struct SecretsKey: Sendable {
  private let key: SymmetricKey

  init?(text: String) {
    let digits = Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    guard digits.count == 64, bytes.count == 32 else { return nil }
    key = SymmetricKey(data: bytes)
  }

  /// Names the key without telling it, so that another file put in its place is noticed.
  private var id: String { String(hex(SHA256.hash(data: key.withUnsafeBytes { Data($0) })).prefix(8)) }

  /// - Parameter owner: whose secret it is: nobody else's row opens with it.
  func seal(_ secret: [UInt8], owner: String) throws -> String {
    let box = try AES.GCM.seal(secret, using: key, authenticating: Data(owner.utf8))
    return "\(id):\((box.combined ?? Data()).base64EncodedString())"
  }

  /// Nil when it was sealed with another key, for another owner, or changed since.
  func open(_ sealed: String, owner: String) -> [UInt8]? {
    let parts = sealed.split(separator: ":")
    guard parts.count == 2, parts[0] == id, let data = Data(base64Encoded: String(parts[1])),
      let box = try? AES.GCM.SealedBox(combined: data),
      let secret = try? AES.GCM.open(box, using: key, authenticating: Data(owner.utf8))
    else { return nil }
    return Array(secret)
  }
}
