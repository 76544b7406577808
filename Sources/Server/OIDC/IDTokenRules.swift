import Foundation
import Tocsin

/// What the claims of an ID token must say (OpenID Connect Core 1.0, section 3.1.3.7).
struct IDTokenRules {
  /// Seconds that the provider's clock may be off.
  static let tolerance = 60.0
  /// Seconds after which a token is too old, whatever it says itself: it was made a moment ago, for this sign-in.
  static let oldest = 600.0

  let issuer: String
  let clientID: String
  let nonce: String
  let now: Date

  /// - Throws: ``OIDCRefusal`` that names the first rule that is broken.
  func check(_ claims: OIDCClaims) throws {
    func demand(_ isMet: Bool, _ problem: String) throws {
      if !isMet { throw OIDCRefusal("the provider's ID token \(problem)") }
    }
    try demand(claims.text("iss") == issuer, "is from another issuer")
    let audience = claims.texts("aud")
    try demand(audience.contains(clientID), "is for another program")
    let party = claims["azp"]
    try demand(party == nil && audience.count == 1 || party == .string(clientID), "is for other programs as well")
    // 255 ASCII characters at most (section 2).
    let subject = claims.text("sub") ?? ""
    try demand((1...255).contains(subject.utf8.count) && subject.allSatisfy(\.isASCII), "names nobody")
    try demand(claims.text("nonce") == nonce, "is for another sign-in")
    guard let expires = claims.time("exp"), let issued = claims.time("iat") else {
      throw OIDCRefusal("the provider's ID token has no times")
    }
    try demand(expires > now - Self.tolerance, "has expired; is a clock wrong?")
    try demand(issued < now + Self.tolerance, "is from the future; is a clock wrong?")
    try demand(issued > now - Self.oldest, "is too old; is a clock wrong?")
    if let start = claims.time("nbf") { try demand(start < now + Self.tolerance, "is not valid yet; is a clock wrong?") }
  }
}
