import Foundation
import Synchronization
import Tocsin

/// Somebody whom the provider has vouched for.
struct OIDCIdentity: Sendable, Equatable {
  let issuer: String
  /// The provider's own, stable name for them: unlike any other claim it is never given to somebody else.
  let subject: String
  /// What people call them.
  let name: String
  /// Only for show.
  let email: String?
  let role: Role
}

/// Sign-in by the authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700).
final class OIDCLogin: Sendable {
  /// Sign-ins that talk to the provider at the same time; more wait for nobody and are told to come back.
  static let mostAtOnce = 16

  let settings: OIDCSettings
  private let provider: OIDCProvider
  private let client: OIDCClient
  private let now: @Sendable () -> Date
  /// The states that came back already, and when they end; and how many sign-ins are under way.
  private let progress = Mutex<(used: [String: Date], running: Int)>(([:], 0))

  /// - Parameter patience: seconds for one request to the provider with its answer.
  init(_ settings: OIDCSettings, now: @escaping @Sendable () -> Date, patience: Double = 10) {
    client = OIDCClient(caFile: settings.caFile, patience: patience)
    provider = OIDCProvider(settings, client, now: now)
    (self.settings, self.now) = (settings, now)
  }

  /// Where to send the browser, and what it has to keep.
  func begin() async throws -> (url: String, attempt: OIDCAttempt) {
    let metadata = try await atOnce { try await provider.metadata() }
    let attempt = OIDCAttempt(now: now())
    // Some providers refuse a scope that they do not know.
    let scopes = ["openid", "profile", "email"] + (metadata.scopes?.contains("groups") == true ? ["groups"] : [])
    let query = FormText.encoded([
      ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", settings.redirectURI),
      ("scope", scopes.joined(separator: " ")), ("state", attempt.state), ("nonce", attempt.nonce),
      ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
    ])
    let separator = metadata.authorizationEndpoint.contains("?") ? "&" : "?"
    return (metadata.authorizationEndpoint + separator + query, attempt)
  }

  /// Takes what the browser brought back.
  ///
  /// - Parameters:
  ///   - cookie: what ``begin()`` gave it.
  ///   - query: of the way back; each name once.
  /// - Throws: ``OIDCRefusal`` in words for people; ``Failure`` with code `unavailable` or `tooMany`.
  func finish(cookie: String?, _ query: [String: String]) async throws -> OIDCIdentity {
    guard let attempt = cookie.flatMap({ OIDCAttempt(cookie: $0, now: now()) }), query["state"] == attempt.state else {
      throw OIDCRefusal("this sign-in was not begun here, or more than ten minutes ago")
    }
    try use(attempt)
    return try await atOnce { try await identity(attempt, query) }
  }

  private func identity(_ attempt: OIDCAttempt, _ query: [String: String]) async throws -> OIDCIdentity {
    let metadata = try await provider.metadata()
    // Another provider's answer must not be taken for this one's (RFC 9207).
    if query["iss"] != nil || metadata.namesIssuer == true, query["iss"] != settings.issuer {
      throw OIDCRefusal("the answer is from another provider")
    }
    guard query["error"] == nil else { throw OIDCRefusal("the provider did not let you in") }
    guard let code = query["code"], !code.isEmpty else { throw OIDCRefusal("the provider sent no code") }
    let tokens = try await exchange(code, attempt, metadata)
    let own = try await provider.claims(IDToken(tokens.idToken))
    try IDTokenRules(issuer: settings.issuer, clientID: settings.clientID, nonce: attempt.nonce, now: now()).check(own)
    let claims = try await completed(own, tokens.accessToken.map(Secret.init), metadata)
    guard let role = settings.role(claims) else {
      throw OIDCRefusal("your account there is in none of the groups that may use Tocsin; ask an administrator")
    }
    let subject = own.text("sub") ?? ""
    return OIDCIdentity(
      issuer: settings.issuer, subject: subject, name: Self.name(claims) ?? subject, email: claims.text("email"),
      role: role)
  }

  private struct Tokens: Decodable, Sendable {
    let idToken: String
    let accessToken: String?

    private enum CodingKeys: String, CodingKey {
      case idToken = "id_token"
      case accessToken = "access_token"
    }
  }

  private func exchange(
    _ code: String, _ attempt: OIDCAttempt, _ metadata: OIDCProvider.Metadata
  ) async throws -> Tokens {
    var form = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", settings.redirectURI),
      ("code_verifier", attempt.verifier),
    ]
    // Basic is what a provider takes that says nothing (Discovery 1.0, section 3).
    let methods = metadata.tokenEndpointAuthMethods ?? ["client_secret_basic"]
    let byBasic = methods.contains("client_secret_basic") || !methods.contains("client_secret_post")
    if !byBasic { form += [("client_id", settings.clientID), ("client_secret", settings.clientSecret.exposed)] }
    return try await client.post(
      Tokens.self, metadata.tokenEndpoint, form, basic: byBasic ? (settings.clientID, settings.clientSecret) : nil)
  }

  /// Providers may leave all but the subject to their UserInfo endpoint (section 5.4). What that says counts only when it
  /// is about the same person (section 5.3.2).
  private func completed(
    _ claims: OIDCClaims, _ accessToken: Secret?, _ metadata: OIDCProvider.Metadata
  ) async throws -> OIDCClaims {
    guard claims[settings.roleClaim] == nil, let url = metadata.userinfoEndpoint, let accessToken else { return claims }
    let others = OIDCClaims(try await client.get([String: JSONValue].self, url, bearer: accessToken))
    guard others.text("sub") == claims.text("sub") else {
      throw OIDCRefusal("the provider speaks of two different people")
    }
    return claims.completed(by: others)
  }

  private static func name(_ claims: OIDCClaims) -> String? {
    ["preferred_username", "email", "name"].lazy.compactMap { claims.text($0) }
      .first { !$0.allSatisfy(\.isWhitespace) && $0.unicodeScalars.count <= 255 && !$0.utf8.contains(0) }
  }
}

extension OIDCLogin {
  /// Takes note that `attempt` came back: the same way back cannot be gone twice.
  private func use(_ attempt: OIDCAttempt) throws {
    let now = now()
    let isNew = progress.withLock { progress in
      // Looked through when it has grown; whoever fills it loses nothing but others' second tries.
      if progress.used.count >= 10_000 { progress.used = progress.used.filter { $0.value > now } }
      if progress.used.count >= 10_000 { progress.used.removeAll() }
      return progress.used.updateValue(attempt.ends, forKey: attempt.state) == nil
    }
    guard isNew else { throw OIDCRefusal("this sign-in has been used already") }
  }

  private func atOnce<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    let isIn = progress.withLock { progress in
      guard progress.running < Self.mostAtOnce else { return false }
      progress.running += 1
      return true
    }
    guard isIn else { throw Failure(.tooMany, "too many people sign in at this moment; try again in a few seconds") }
    defer { progress.withLock { $0.running -= 1 } }
    return try await work()
  }
}
