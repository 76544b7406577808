import Foundation
import JWTKit
import Tocsin

/// Why a sign-in by a provider was refused, for people. What the provider sent is never repeated.
struct OIDCRefusal: Error, CustomStringConvertible {
  let description: String
  /// Whether newer keys of the provider could help.
  var isUnknownKey = false
  /// What the provider answered with, when that was no success.
  var status: Int?

  init(_ description: String, isUnknownKey: Bool = false, status: Int? = nil) {
    self.description = description
    self.isUnknownKey = isUnknownKey
    self.status = status
  }
}

/// Reads an ID token: its signature first, by one of the provider's keys, then its claims.
struct IDToken {
  /// Bytes; a larger token is refused unread.
  static let longest = 64 * 1024

  /// What a token may be signed with. Never `none`, and nothing that is signed with a shared secret: whoever knows a public
  /// key could sign with that (RFC 8725, sections 2.1 and 3.1).
  private static let algorithms: [String: (key: JWK.KeyType, curve: String?)] = [
    "RS256": (.rsa, nil), "PS256": (.rsa, nil), "ES256": (.ecdsa, "P-256"), "EdDSA": (.octetKeyPair, "Ed25519"),
  ]

  private struct Header: Decodable {
    let alg: String
    let kid: String?
    let crit: JSONValue?
  }

  private let token: String
  private let header: Header
  private let algorithm: JWK.Algorithm

  /// - Throws: ``OIDCRefusal`` for what is no token, or is signed in a way that is not taken.
  init(_ token: String) throws {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.longest, parts.count == 3, let bytes = Data(base64URL: parts[0]),
      let header = try? JSONDecoder().decode(Header.self, from: bytes)
    else { throw OIDCRefusal("the provider's ID token cannot be read") }
    guard header.crit == nil, Self.algorithms[header.alg] != nil, let algorithm = JWK.Algorithm(rawValue: header.alg)
    else { throw OIDCRefusal("the provider's ID token is signed in a way that is not taken") }
    (self.token, self.header, self.algorithm) = (token, header, algorithm)
  }

  /// The claims, when one of `keys` has signed them.
  ///
  /// - Throws: ``OIDCRefusal``.
  func claims(signedBy keys: [ProviderKey]) async throws -> OIDCClaims {
    let candidates = keys.filter(fits)
    if candidates.isEmpty {
      throw OIDCRefusal(
        "the provider's ID token is signed with a key that the provider does not list", isUnknownKey: true)
    }
    for key in candidates.prefix(4) {
      let collection = JWTKeyCollection()
      guard (try? await collection.add(jwk: key.verifying(algorithm))) != nil else { continue }
      if let claims = try? await collection.verify(token, as: OIDCClaims.self) { return claims }
    }
    throw OIDCRefusal("the signature of the provider's ID token is wrong")
  }

  private func fits(_ key: ProviderKey) -> Bool {
    guard let wanted = Self.algorithms[header.alg], key.jwk.keyType == wanted.key else { return false }
    if let curve = wanted.curve, key.jwk.curve?.rawValue != curve { return false }
    if let own = key.jwk.algorithm, own != algorithm { return false }
    if let id = header.kid, key.jwk.keyIdentifier?.string != id { return false }
    return key.use == nil || key.use == "sig"
  }
}

/// One key of a provider's key set (RFC 7517).
struct ProviderKey: Decodable {
  let jwk: JWK
  /// `sig` or `enc`; nil for both.
  let use: String?

  private enum CodingKeys: String, CodingKey { case use }

  init(from decoder: any Decoder) throws {
    jwk = try JWK(from: decoder)
    use = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
  }

  /// The public half, for this algorithm only.
  fileprivate func verifying(_ algorithm: JWK.Algorithm) -> JWK {
    var key = jwk
    key.algorithm = algorithm
    (key.privateExponent, key.prime1, key.prime2) = (nil, nil, nil)
    // The token's own `kid` is looked for; a key without one was chosen because the token has none either.
    if key.keyIdentifier == nil { key.keyIdentifier = "" }
    return key
  }
}

/// A provider's key set. A key that is of no use here is passed over, so that it does not shut out the others.
struct ProviderKeys: Decodable {
  let keys: [ProviderKey]

  private struct Lenient: Decodable {
    let key: ProviderKey?
    init(from decoder: any Decoder) { key = try? ProviderKey(from: decoder) }
  }
  private enum CodingKeys: String, CodingKey { case keys }

  init(from decoder: any Decoder) throws {
    let list = try decoder.container(keyedBy: CodingKeys.self).decode([Lenient].self, forKey: .keys)
    keys = list.prefix(100).compactMap(\.key)
  }
}
