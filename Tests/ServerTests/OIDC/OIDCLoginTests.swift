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

  @Test func `An unknown key makes us fetch the keys once more, and then not for a minute`() async throws {
    var provider = LyingProvider()
    provider.header = { $0["kid"] = "another" }
    try await provider.signIn(times: 3) { receiver, result in
      #expect(refusal(result).contains("does not list"))
      #expect(receiver.requests.filter { $0.uri == "/keys" }.count == 2)
    }
  }

  @Test func `A provider that takes both ways, but from us only the form, gets the form`() async throws {
    var provider = LyingProvider()
    provider.metadata = { $0["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post"] }
    provider.takesBasic = false
    try await provider.signIn { receiver, result in
      let identity = try result.get()
      #expect(identity.name == "ada" && receiver.requests.filter { $0.uri == "/token" }.count == 2)
    }
  }

  @Test func `A way back is gone once, by the browser that set out, within ten minutes`() async throws {
    let clock = StillClock()
    try await HTTPReceiver.with(nowhere) { receiver in
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
    try await HTTPReceiver.with(sendersMayDie: true, silent) { receiver in
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

private let nowhere: @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer? = { _ in .status(404) }
private let silent: @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer? = { _ in .hang }

/// Why it was refused; empty when it was not.
private func refusal(_ result: Result<OIDCIdentity, any Error>) -> String {
  if case .failure(let error) = result { "\(error)" } else { "" }
}
