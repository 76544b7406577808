import Crypto
import CryptoExtras
import Foundation
import Synchronization
import TestSupport
import Tocsin

@testable import Server

/// An OpenID provider on 127.0.0.1 that tells one lie, or none. It signs by its own hands, not by the library that checks.
struct LyingProvider: Sendable {
  typealias Object = [String: Any]
  typealias Answer = HTTPReceiver.Answer

  static let secret = "canary-client-secret-7f3a"
  private static let key = P256.Signing.PrivateKey()
  private static let edKey = Curve25519.Signing.PrivateKey()

  /// Changes to what an honest one would say.
  var metadata: @Sendable (inout Object) -> Void = { _ in }
  var keys: @Sendable (inout [Object]) -> Void = { _ in }
  var header: @Sendable (inout Object) -> Void = { _ in }
  var claims: @Sendable (inout Object) -> Void = { _ in }
  var userinfo: @Sendable (inout Object) -> Void = { _ in }
  /// The signature of header and claims; nil for an honest one.
  var signature: @Sendable (Data) throws -> Data? = { _ in nil }
  /// The whole answer to a path, whatever else is said.
  var instead: [String: Answer] = [:]
  var query: @Sendable (inout [String: String]) -> Void = { _ in }

  /// What a provider publishes, as whoever wants to forge a token reads it.
  static let publicKey = key.publicKey.x963Representation

  static func edSigned(_ data: Data) throws -> Data { try edKey.signature(for: data) }
  static var edJWK: Object {
    [
    "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": Data(edKey.publicKey.rawRepresentation).base64URL]
  }
  static var jwk: Object {
    let point = key.publicKey.x963Representation
    return [
      "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": Data(point[1..<33]).base64URL,
      "y": Data(point[33..<65]).base64URL,
    ]
  }

  /// Signs in once and returns who it was.
  ///
  /// - Parameter look: gets the provider after the sign-in, however it ended.
  func signIn(
    _ more: [String: String] = [:], clock: StillClock = StillClock(), patience: Double = 10,
    _ look: (HTTPReceiver, Result<OIDCIdentity, any Error>) throws -> Void
  ) async throws {
    let nonce = Mutex("")
    let shared = Shared(nonce)
    try await HTTPReceiver.with(sendersMayDie: true, { try? answer($0, nonce: shared.value, clock.now) }) { receiver in
      let login = try Self.login(receiver.port, more, clock, patience)
      do {
        let (url, attempt) = try await login.begin()
        shared.set(attempt.nonce)
        precondition(url.contains("nonce=\(attempt.nonce)"))
        var query = ["state": attempt.state, "code": "the-code", "iss": "http://127.0.0.1:\(receiver.port)"]
        self.query(&query)
        try look(receiver, .success(await login.finish(cookie: attempt.cookie, query)))
      } catch let error where error is OIDCRefusal || error is Failure {
        try look(receiver, .failure(error))
      }
    }
  }

  static func login(_ port: Int, _ more: [String: String], _ clock: StillClock, _ patience: Double = 10) throws -> OIDCLogin {
    let own = [
      "issuer": "http://127.0.0.1:\(port)", "client_id": "tocsin", "client_secret": secret, "responder_group": "ops",
      "admin_group": "admins",
    ]
    let (settings, faults) = OIDCSettings.read(
      own.merging(more) { $1 }, publicURL: "https://tocsin.example.com")
    guard let settings else { throw faults[0] }
    return OIDCLogin(settings, now: { clock.now }, patience: patience)
  }

  func answer(_ request: HTTPReceiver.Request, nonce: String, _ now: Date) throws -> Answer {
    if let answer = instead[request.uri] { return answer }
    let issuer = "http://" + (request.headers["host"] ?? "")
    switch request.uri {
    case "/.well-known/openid-configuration":
      var object: Object = [
        "issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
        "jwks_uri": issuer + "/keys", "userinfo_endpoint": issuer + "/userinfo", "scopes_supported": ["openid", "groups"],
      ]
      metadata(&object)
      return try json(object)
    case "/keys":
      var list = [Self.jwk]
      keys(&list)
      return try json(["keys": list])
    case "/token":
      return try json(["token_type": "Bearer", "access_token": "access", "id_token": token(issuer, nonce, now)])
    case "/userinfo":
      var object: Object = ["sub": "u-1", "groups": ["admins"]]
      userinfo(&object)
      return try json(object)
    default: return .status(404)
    }
  }

  private func token(_ issuer: String, _ nonce: String, _ now: Date) throws -> String {
    var header: Object = ["alg": "ES256", "kid": "one", "typ": "JWT"]
    let second = Int(now.timeIntervalSince1970)
    var claims: Object = [
      "iss": issuer, "aud": "tocsin", "sub": "u-1", "exp": second + 300, "iat": second, "nonce": nonce,
      "preferred_username": "ada", "groups": ["users", "ops"],
    ]
    self.header(&header)
    self.claims(&claims)
    let parts = try [header, claims].map { try JSONSerialization.data(withJSONObject: $0).base64URL }
    let signed = Data(parts.joined(separator: ".").utf8)
    let signature = try self.signature(signed) ?? Self.key.signature(for: signed).rawRepresentation
    return parts.joined(separator: ".") + "." + signature.base64URL
  }

  private func json(_ object: Object) throws -> Answer {
    let body = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    return .status(200, headers: ["content-type": "application/json"], body: body)
  }
}

/// A text that is known only later.
private final class Shared: Sendable {
  private let text: Mutex<String>
  init(_ text: consuming Mutex<String>) { self.text = text }
  var value: String { text.withLock { $0 } }
  func set(_ value: String) { text.withLock { $0 = value } }
}
