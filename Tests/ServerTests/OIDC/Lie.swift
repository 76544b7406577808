import Crypto
import Foundation
import TestSupport
import Testing

@testable import Server

/// A lie, and the words it is refused with.
struct Lie: Sendable, CustomTestStringConvertible {
  let name: String
  let refusal: String
  var settings: [String: String] = [:]
  let provider: LyingProvider

  var testDescription: String { name }

  init(_ name: String, _ refusal: String, settings: [String: String] = [:], _ change: (inout LyingProvider) -> Void) {
    var provider = LyingProvider()
    change(&provider)
    (self.name, self.refusal, self.settings, self.provider) = (name, refusal, settings, provider)
  }

  static let all = metadata + tokens + signatures + answers + people

  private static let metadata = [
    Lie("metadata of another issuer", "another name") { $0.metadata = { $0["issuer"] = "https://evil.example" } },
    Lie("the issuer with a slash", "another name") { $0.metadata = { $0["issuer"] = "\($0["issuer"] ?? "")/" } },
    Lie("keys over plain HTTP", "not encrypted") { $0.metadata = { $0["jwks_uri"] = "http://evil.example/keys" } },
    Lie("tokens over plain HTTP", "not encrypted") { $0.metadata = { $0["token_endpoint"] = "http://10.0.0.1/t" } },
    Lie("a script instead of a page", "not encrypted") {
      $0.metadata = { $0["authorization_endpoint"] = "javascript:alert(1)" }
    },
    Lie("a file instead of keys", "not encrypted") { $0.metadata = { $0["jwks_uri"] = "file:///etc/passwd" } },
    Lie("no endpoints", "makes no sense") { $0.metadata = { $0["token_endpoint"] = nil } },
  ]

  private static let tokens = [
    Lie("a token of another issuer", "from another issuer") { $0.claims = { $0["iss"] = "https://evil.example" } },
    Lie("a token without an issuer", "from another issuer") { $0.claims = { $0["iss"] = nil } },
    Lie("a token for another program", "for another program") { $0.claims = { $0["aud"] = "other" } },
    Lie("a token for nobody", "for another program") { $0.claims = { $0["aud"] = [String]() } },
    Lie("a token with a number for its audience", "for another program") { $0.claims = { $0["aud"] = 7 } },
    Lie("a token for two programs", "other programs as well") { $0.claims = { $0["aud"] = ["tocsin", "other"] } },
    Lie("a token for two, by another", "other programs as well") {
      $0.claims = { ($0["aud"], $0["azp"]) = (["tocsin", "other"], "other") }
    },
    Lie("a token that ended", "has expired") { $0.claims = { $0["exp"] = 1_700_000_000 } },
    Lie("a token without an end", "no times") { $0.claims = { $0["exp"] = nil } },
    Lie("a token whose end is a text", "no times") { $0.claims = { $0["exp"] = "tomorrow" } },
    Lie("a token from tomorrow", "from the future") { $0.claims = { $0["iat"] = ($0["iat"] as? Int ?? 0) + 86_400 } },
    Lie("a token of last week", "too old") {
      $0.claims = { ($0["iat"], $0["exp"]) = (($0["iat"] as? Int ?? 0) - 604_800, ($0["iat"] as? Int ?? 0) + 604_800) }
    },
    Lie("a token that begins tomorrow", "not valid yet") {
      $0.claims = { $0["nbf"] = ($0["iat"] as? Int ?? 0) + 86_400 }
    },
    Lie("another sign-in's token", "for another sign-in") { $0.claims = { $0["nonce"] = "another" } },
    Lie("a token without a nonce", "for another sign-in") { $0.claims = { $0["nonce"] = nil } },
    Lie("a token about nobody", "names nobody") { $0.claims = { $0["sub"] = "" } },
    Lie("a token without a subject", "names nobody") { $0.claims = { $0["sub"] = nil } },
    Lie("a subject that is too long", "names nobody") {
      $0.claims = { $0["sub"] = String(repeating: "x", count: 256) }
    },
    Lie("a payload that is nested deeply", "signature of the provider's ID token is wrong") {
      $0.claims = { claims in
        var deep: Any = 1
        for _ in 0..<400 { deep = [deep] }
        claims["deep"] = [[deep], [deep]]
        claims["wrong"] = (0..<700).reduce(deep) { inner, _ in [inner] }
      }
    },
  ]

  private static let signatures = [
    Lie("no signature", "signed in a way that is not taken") {
      $0.header = { $0["alg"] = "none" }
      $0.signature = { _ in Data() }
    },
    Lie("no signature, spelled otherwise", "signed in a way that is not taken") {
      $0.header = { $0["alg"] = "NoNe" }
      $0.signature = { _ in Data() }
    },
    Lie("an empty signature", "signature of the provider's ID token is wrong") { $0.signature = { _ in Data() } },
    Lie("a signature of zeros", "signature of the provider's ID token is wrong") {
      $0.signature = { _ in Data(repeating: 0, count: 64) }
    },
    Lie("HS256 with the public key as its secret", "signed in a way that is not taken") {
      $0.header = { $0["alg"] = "HS256" }
      $0.signature = { data in
        Data(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: LyingProvider.publicKey)))
      }
    },
    Lie("somebody else's key", "signature of the provider's ID token is wrong") {
      $0.signature = { try P256.Signing.PrivateKey().signature(for: $0).rawRepresentation }
    },
    Lie("an unknown key", "does not list") { $0.header = { $0["kid"] = "two" } },
    Lie("an algorithm that the key is not for", "does not list") { $0.header = { $0["alg"] = "RS256" } },
    Lie("a key for encryption", "does not list") { $0.keys = { $0[0]["use"] = "enc" } },
    Lie("a key for another algorithm", "does not list") { $0.keys = { $0[0]["alg"] = "ES384" } },
    Lie("a shared key in the key set", "does not list") {
      $0.keys = { $0 = [["kty": "oct", "k": "AA", "kid": "one"]] }
    },
    Lie("no keys", "does not list") { $0.keys = { $0 = [] } },
    Lie("extensions that must be understood", "signed in a way that is not taken") {
      $0.header = { $0["crit"] = ["b64"] }
    },
    Lie("a key that the token brings along", "signature of the provider's ID token is wrong") {
      let own = P256.Signing.PrivateKey()
      let point = own.publicKey.x963Representation
      $0.header = { header in
        header["jwk"] = [
          "kty": "EC", "crv": "P-256", "kid": "one", "x": Data(point[1..<33]).base64URL,
          "y": Data(point[33..<65]).base64URL,
        ]
      }
      $0.signature = { try own.signature(for: $0).rawRepresentation }
    },
  ]

  private static let discovery = "/.well-known/openid-configuration"
  private static let huge = String(repeating: " ", count: OIDCClient.longestAnswer + 1)

  private static let answers = [
    Lie("huge metadata", "larger than 256 KiB") { $0.instead[discovery] = .status(200, body: huge) },
    Lie("huge keys", "larger than 256 KiB") { $0.instead["/keys"] = .status(200, body: huge) },
    Lie("a huge token", "larger than 256 KiB") { $0.instead["/token"] = .status(200, body: huge) },
    Lie("metadata elsewhere", "refused what was asked of it (302)") {
      $0.instead[discovery] = .status(302, headers: ["location": "/keys"])
    },
    Lie("tokens elsewhere", "refused what was asked of it (307)") {
      $0.instead["/token"] = .status(307, headers: ["location": "/elsewhere"])
    },
    Lie("no metadata", "does not answer in time") { $0.instead[discovery] = .hang },
    Lie("half of the metadata", "does not answer in time") { $0.instead[discovery] = .stall(200, bytes: 10) },
    Lie("no token", "does not answer in time") { $0.instead["/token"] = .hang },
    Lie("half a token", "does not answer in time") { $0.instead["/token"] = .stall(200, bytes: 10) },
    Lie("no HTTP", "does not answer in time") { $0.instead["/token"] = .junk("canary") },
    Lie("a fault of its own", "a fault of its own (500)") { $0.instead["/token"] = .status(500, body: "canary") },
    Lie("a code that it does not know", "refused what was asked of it (400)") {
      $0.instead["/token"] = .status(400, body: #"{"error":"invalid_grant","error_description":"canary"}"#)
    },
    Lie("a page", "makes no sense") { $0.instead["/token"] = .status(200, body: "<h1>canary</h1>") },
    Lie("no ID token", "makes no sense") { $0.instead["/token"] = .status(200, body: #"{"access_token":"canary"}"#) },
    Lie("a token that is none", "cannot be read") {
      $0.instead["/token"] = .status(200, body: #"{"id_token":"canary"}"#)
    },
    Lie("a token of points", "cannot be read") { $0.instead["/token"] = .status(200, body: #"{"id_token":".."}"#) },
    Lie("a large token", "cannot be read") {
      $0.instead["/token"] = .status(200, body: #"{"id_token":"\#(String(repeating: "x", count: 70_000))"}"#)
    },
    Lie("an error", "did not let you in") { $0.query = { ($0["error"], $0["code"]) = ("access_denied", nil) } },
    Lie("no code", "sent no code") { $0.query = { $0["code"] = nil } },
    Lie("another provider's answer", "from another provider") { $0.query = { $0["iss"] = "https://evil.example" } },
    Lie("an answer without its name, which it promised", "from another provider") {
      $0.metadata = { $0["authorization_response_iss_parameter_supported"] = true }
      $0.query = { $0["iss"] = nil }
    },
  ]

  private static let people = [
    Lie("no group", "in none of the groups") { $0.claims = { $0["groups"] = [String]() } },
    Lie("a group that has no role", "in none of the groups") {
      $0.claims = { $0["groups"] = ["users", "OPS", "ops "] }
    },
    Lie("groups that are no list", "in none of the groups") { $0.claims = { $0["groups"] = ["ops": true] } },
    Lie(
      "an address that nobody verified", "in none of the groups",
      settings: ["role_claim": "email", "admin_group": "ada@example.com"]
    ) { $0.claims = { $0["email"] = "ada@example.com" } },
  ]
}
