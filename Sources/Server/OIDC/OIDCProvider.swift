import Foundation
import Tocsin

/// A provider: its metadata and its keys, fetched when they are needed and kept for an hour.
actor OIDCProvider {
  /// Seconds that metadata and keys are kept.
  static let kept = 3600.0
  /// Seconds between two looks for a key that is not known: whoever sends unknown keys must not make us ask all the time.
  static let keysAgain = 60.0

  /// OpenID Connect Discovery 1.0, section 3; RFC 9207.
  struct Metadata: Decodable, Sendable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let jwksURI: String
    let userinfoEndpoint: String?
    let tokenEndpointAuthMethods: [String]?
    let scopes: [String]?
    let namesIssuer: Bool?

    private enum CodingKeys: String, CodingKey {
      case issuer
      case authorizationEndpoint = "authorization_endpoint"
      case tokenEndpoint = "token_endpoint"
      case jwksURI = "jwks_uri"
      case userinfoEndpoint = "userinfo_endpoint"
      case tokenEndpointAuthMethods = "token_endpoint_auth_methods_supported"
      case scopes = "scopes_supported"
      case namesIssuer = "authorization_response_iss_parameter_supported"
    }
  }

  private let settings: OIDCSettings
  private let client: OIDCClient
  private let now: @Sendable () -> Date
  private var metadata: (value: Task<Metadata, any Error>, at: Date)?
  private var keys: (value: Task<[ProviderKey], any Error>, at: Date)?

  init(_ settings: OIDCSettings, _ client: OIDCClient, now: @escaping @Sendable () -> Date) {
    (self.settings, self.client, self.now) = (settings, client, now)
  }

  /// - Throws: ``Failure`` with code `unavailable`; ``OIDCRefusal`` when it is another issuer's, or sends us elsewhere
  ///   unencrypted.
  func metadata() async throws -> Metadata {
    if let metadata, now() < metadata.at + Self.kept { return try await metadata.value.value }
    let fetch = Task { try await fetchMetadata() }
    metadata = (fetch, now())
    do { return try await fetch.value } catch {
      if metadata?.value == fetch { metadata = nil }
      throw error
    }
  }

  /// The keys it signs with.
  ///
  /// - Parameter again: whether those that are kept were not enough.
  func keys(again: Bool = false) async throws -> [ProviderKey] {
    if let keys, now() < keys.at + (again ? Self.keysAgain : Self.kept) { return try await keys.value.value }
    let fetch = Task { try await client.get(ProviderKeys.self, metadata().jwksURI).keys }
    keys = (fetch, now())
    do { return try await fetch.value } catch {
      if keys?.value == fetch { keys = nil }
      throw error
    }
  }

  /// The claims of `token`, whose signature was found good. A key that is not known yet is looked for once.
  func claims(_ token: IDToken) async throws -> OIDCClaims {
    do {
      return try await token.claims(signedBy: keys())
    } catch let refusal as OIDCRefusal where refusal.isUnknownKey {
      return try await token.claims(signedBy: keys(again: true))
    }
  }

  private func fetchMetadata() async throws -> Metadata {
    let base = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
    let found = try await client.get(Metadata.self, base + "/.well-known/openid-configuration")
    guard found.issuer == settings.issuer else {
      throw OIDCRefusal("the provider calls itself by another name than oidc.issuer; they must be equal to the letter")
    }
    let urls = [found.authorizationEndpoint, found.tokenEndpoint, found.jwksURI] + [found.userinfoEndpoint].compactMap(\.self)
    guard urls.allSatisfy(OIDCSettings.isSafe) else {
      throw OIDCRefusal("the provider names an address that is not encrypted")
    }
    return found
  }
}
