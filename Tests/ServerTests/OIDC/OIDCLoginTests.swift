import Crypto
import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Server

/// What a sign-in by a provider takes, and what it refuses. `SmokeTests` do the same with a real provider.
@Suite struct OIDCLoginTests {
  @Test func `Somebody whom the provider vouches for gets in, with the role of their group`() async throws {
    try await LyingProvider().signIn { receiver, result in
      let identity = try result.get()
      #expect(identity.subject == "u-1" && identity.name == "ada" && identity.role == .responder)
      #expect(identity.issuer == "http://127.0.0.1:\(receiver.port)")
      let form = try #require(receiver.requests.first { $0.uri == "/token" })
      let sent = try #require(FormText.decoded(String(decoding: form.body, as: UTF8.self)))
      #expect(sent["redirect_uri"] == "https://tocsin.example.com/login/oidc/callback")
      #expect(sent["client_secret"] == nil)
      #expect(
        form.headers["authorization"] == "Basic " + Data("tocsin:\(LyingProvider.secret)".utf8).base64EncodedString())
    }
  }

  @Test func `The verifier that is sent fits the challenge that the browser carried`() async throws {
    let attempt = OIDCAttempt(now: Date())
    #expect(attempt.challenge == Data(SHA256.hash(data: Data(attempt.verifier.utf8))).base64URL)
    #expect(Set([attempt.state, attempt.nonce, attempt.verifier, attempt.challenge]).count == 4)
    // RFC 7636, section 4.1.
    #expect((43...128).contains(attempt.verifier.utf8.count))
  }

  @Test func `A provider that takes the secret in the form only gets it there`() async throws {
    var provider = LyingProvider()
    provider.metadata = { $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
    try await provider.signIn { receiver, result in
      _ = try result.get()
      let form = try #require(receiver.requests.first { $0.uri == "/token" })
      #expect(form.headers["authorization"] == nil)
      #expect(FormText.decoded(String(decoding: form.body, as: UTF8.self))?["client_secret"] == LyingProvider.secret)
    }
  }

  @Test func `Groups that the token leaves out are asked for, of the same person`() async throws {
    var provider = LyingProvider()
    provider.claims = { $0["groups"] = nil }
    try await provider.signIn { receiver, result in
      let identity = try result.get()
      #expect(identity.role == .admin)
      #expect(receiver.requests.last?.headers["authorization"] == "Bearer access")
    }
    provider.userinfo = { $0["sub"] = "u-2" }
    try await provider.signIn { _, result in #expect(refusal(result).contains("two different people")) }
  }

  @Test(arguments: ["ES256", "EdDSA"])
  func `A new key is found when the first token with it comes`(_ algorithm: String) async throws {
    var provider = LyingProvider()
    provider.keys = { $0.append(LyingProvider.edJWK) }
    if algorithm == "EdDSA" {
      provider.header = { ($0["alg"], $0["kid"]) = ("EdDSA", "ed") }
      provider.signature = { try LyingProvider.edSigned($0) }
    }
    try await provider.signIn { _, result in
      let identity = try result.get()
      #expect(identity.name == "ada")
    }
  }

  @Test func `A key set with keys that are of no use does not shut out the good one`() async throws {
    var provider = LyingProvider()
    provider.keys = { keys in
      keys.insert(["kty": "oct", "k": "c2VjcmV0", "kid": "o"], at: 0)
      keys.insert(["kty": "EC", "crv": "P-999", "kid": "odd", "x": "AA", "y": "AA"], at: 0)
      keys.insert(["kty": "EC", "crv": "P-256", "kid": "one", "x": "AA", "y": "!!"], at: 0)
      keys.insert(["kty": 7], at: 0)
    }
    try await provider.signIn { _, result in
      let identity = try result.get()
      #expect(identity.name == "ada")
    }
  }

  @Test(arguments: Lie.all)
  func `A provider that lies lets nobody in`(_ lie: Lie) async throws {
    try await lie.provider.signIn(lie.settings, patience: 1) { _, result in
      let words = refusal(result)
      #expect(words.contains(lie.refusal), "\(words)")
      #expect(!words.contains(LyingProvider.secret) && !words.contains("canary"))
    }
  }

  @Test func `Whoever sends unknown keys does not make us ask for keys all the time`() async throws {
    var provider = LyingProvider()
    provider.header = { $0["kid"] = "another" }
    let clock = StillClock()
    try await provider.signIn(clock: clock) { receiver, result in
      #expect(refusal(result).contains("does not list"))
      // Those that were fetched for this token are new: asking again at once would bring the same.
      #expect(receiver.requests.filter { $0.uri == "/keys" }.count == 1)
    }
  }

  @Test func `A way back is gone once, by the browser that set out, within ten minutes`() async throws {
    let clock = StillClock()
    try await HTTPReceiver.with({ _ in .status(404) }) { receiver in
      let login = try LyingProvider.login(receiver.port, [:], clock)
      func refused(_ cookie: String?, _ state: String?) async -> String {
        do {
          _ = try await login.finish(cookie: cookie, ["code": "x"].merging(state.map { ["state": $0] } ?? [:]) { $1 })
          return ""
        } catch { return "\(error)" }
      }
      let (mine, other) = (OIDCAttempt(now: clock.now), OIDCAttempt(now: clock.now))
      for (cookie, state) in [
        (nil, mine.state), ("", mine.state), ("x.1", mine.state), (other.cookie, mine.state), (mine.cookie, nil),
        (mine.cookie, ""), (mine.cookie, other.state), (mine.cookie + "0", mine.state), (mine.nonce, mine.state),
      ] as [(String?, String?)] {
        #expect(await refused(cookie, state).contains("was not begun here"))
      }
      #expect(receiver.requests.isEmpty)
      #expect(!(await refused(mine.cookie, mine.state)).contains("used already"))
      #expect(await refused(mine.cookie, mine.state).contains("used already"))
      clock.advance(by: OIDCAttempt.lifetime)
      #expect(await refused(other.cookie, other.state).contains("more than ten minutes ago"))
    }
  }

  @Test func `At most sixteen sign-ins talk to the provider at a time, and who is too many is told so at once`()
    async throws
  {
    try await HTTPReceiver.with(sendersMayDie: true, { _ in .hang }) { receiver in
      let login = try LyingProvider.login(receiver.port, [:], StillClock(), 1)
      let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<40 {
          group.addTask {
            do {
              _ = try await login.begin()
              return false
            } catch let failure as Failure { return failure.code == .tooMany }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(refused == 24)
      #expect(receiver.requests.count == 1)
    }
  }
}

/// Why it was refused; empty when it was not.
private func refusal(_ result: Result<OIDCIdentity, any Error>) -> String {
  if case .failure(let error) = result { "\(error)" } else { "" }
}

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
    Lie("a subject that is too long", "names nobody") { $0.claims = { $0["sub"] = String(repeating: "x", count: 256) } },
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
    Lie("a shared key in the key set", "does not list") { $0.keys = { $0 = [["kty": "oct", "k": "AA", "kid": "one"]] } },
    Lie("no keys", "does not list") { $0.keys = { $0 = [] } },
    Lie("extensions that must be understood", "signed in a way that is not taken") { $0.header = { $0["crit"] = ["b64"] } },
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
    Lie("a token that is none", "cannot be read") { $0.instead["/token"] = .status(200, body: #"{"id_token":"canary"}"#) },
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
    Lie("a group that has no role", "in none of the groups") { $0.claims = { $0["groups"] = ["users", "OPS", "ops "] } },
    Lie("groups that are no list", "in none of the groups") { $0.claims = { $0["groups"] = ["ops": true] } },
    Lie(
      "an address that nobody verified", "in none of the groups",
      settings: ["role_claim": "email", "admin_group": "ada@example.com"]
    ) { $0.claims = { $0["email"] = "ada@example.com" } },
  ]
}
