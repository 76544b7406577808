import Tocsin

extension OIDCSettings {
  /// The highest role that these claims give, or nil: nobody gets one by accident. An e-mail address counts only where
  /// the provider says that it has verified it (OpenID Connect Core 1.0, section 5.1).
  func role(_ claims: OIDCClaims) -> Role? {
    if roleClaim == "email", claims["email_verified"] != .bool(true) { return nil }
    let values = claims.texts(roleClaim)
    return groups.first { !$0.values.isDisjoint(with: values) }?.role
  }
}
