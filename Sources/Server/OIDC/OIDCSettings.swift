import Foundation
import Tocsin

/// Sign-in by an OpenID provider, as the configuration says under `oidc`.
public struct OIDCSettings: Sendable {
  /// Exactly as the provider writes it into its tokens.
  let issuer: String
  let clientID: String
  let clientSecret: Secret
  /// What people call the provider: the button's text.
  public let name: String
  let redirectURI: String
  /// The claim whose values decide on the role.
  let roleClaim: String
  /// Which values of it give which role; the highest role comes first.
  let groups: [(role: Role, values: Set<String>)]
  /// PEM certificates to trust instead of the system's.
  let caFile: String?

  /// Where the provider sends people back to, below `public_url`.
  static let callbackPath = "/login/oidc/callback"

  /// The key of the groups of each role, highest role first.
  private static let groupKeys: [(role: Role, key: String)] = [
    (.admin, "admin_group"), (.responder, "responder_group"), (.viewer, "viewer_group"),
  ]

  /// Every key, without its `oidc.`, and what it takes.
  public static let hints: [(key: String, hint: String)] = [
    ("issuer", "the OpenID provider's address, as it stands in its own metadata: https://login.example.com/realms/ops"),
    ("client_id", "what the provider calls this Tocsin"),
    ("client_secret", "the secret that goes with it"),
    ("name", "what the sign-in button calls the provider; default: the issuer's host"),
    ("role_claim", "the claim that decides on the role; default: groups"),
    ("admin_group", "values of that claim that make an admin, as a list"),
    ("responder_group", "values of that claim that make a responder, as a list"),
    ("viewer_group", "values of that claim that make a viewer, as a list"),
    ("ca_file", "file of PEM certificates to trust instead of the system's, for a provider with a private CA"),
  ]

  /// Reads what stands under `oidc`.
  ///
  /// - Parameters:
  ///   - values: by key, without `oidc.`.
  ///   - publicURL: the checked `public_url`.
  /// - Returns: the settings, or every fault with the whole key as its field.
  public static func read(
    _ values: [String: String], publicURL: String?
  ) -> (settings: OIDCSettings?, faults: [Failure]) {
    var faults: [Failure] = []
    func fault(_ key: String, _ problem: String) {
      faults.append(Failure(.invalid, problem, field: "oidc.\(key)"))
    }
    for (key, hint) in hints.prefix(3) where nonBlank(values[key]) == nil { fault(key, "is missing; it takes \(hint)") }
    if let issuer = nonBlank(values["issuer"]), let problem = Self.fault(issuer: issuer) { fault("issuer", problem) }
    let groups = groupKeys.map { (role: $0.role, values: Set(list(values[$0.key]))) }
    if groups.allSatisfy(\.values.isEmpty) {
      let keys = groupKeys.map { "oidc.\($0.key)" }.joined(separator: ", ")
      fault("issuer", "nobody could sign in, because no group has a role. Set at least one of \(keys)")
    }
    for (key, value) in repeated(groups) {
      fault(key, "\"\(printable(value))\" gives another role as well; name it under one role only")
    }
    if let problem = redirectFault(publicURL) { fault("issuer", problem) }
    if let path = values["ca_file"], let problem = caFault(path) { fault("ca_file", problem) }
    guard faults.isEmpty, let publicURL else { return (nil, faults) }
    return (OIDCSettings(values, groups, publicURL), [])
  }

  private init(_ values: [String: String], _ groups: [(role: Role, values: Set<String>)], _ publicURL: String) {
    issuer = values["issuer"] ?? ""
    clientID = values["client_id"] ?? ""
    clientSecret = Secret(values["client_secret"] ?? "")
    name = nonBlank(values["name"]) ?? URLComponents(string: issuer)?.host ?? issuer
    redirectURI = publicURL + Self.callbackPath
    roleClaim = nonBlank(values["role_claim"]) ?? "groups"
    self.groups = groups
    caFile = values["ca_file"]
  }
}

extension OIDCSettings {
  /// OpenID Connect Discovery 1.0, section 3: https, without query and fragment. Plain HTTP only where nobody else can
  /// listen.
  private static func fault(issuer: String) -> String? {
    guard issuer.utf8.allSatisfy({ (33...126).contains($0) }), let url = URLComponents(string: issuer),
      nonBlank(url.host) != nil, ["https", "http"].contains(url.scheme)
    else { return "is no address; write https://host[/path]" }
    guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
      return "takes no user, no password, no ? and no #; write https://host[/path]"
    }
    return isSafe(issuer) ? nil : "must begin with https://; http:// is taken for this machine itself only"
  }

  /// Whether what is sent to `url` cannot be read on the way.
  static func isSafe(_ url: String) -> Bool {
    guard let url = URLComponents(string: url), let host = url.host, !host.isEmpty else { return false }
    return url.scheme == "https" || url.scheme == "http" && Loopback.contains(host)
  }

  private static func redirectFault(_ publicURL: String?) -> String? {
    guard let publicURL else { return "public_url is missing: the provider sends people back to it" }
    return isSafe(publicURL) ? nil : "public_url must begin with https:// (or name this machine itself) for sign-in by OIDC"
  }

  private static func caFault(_ path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      return "names a file that cannot be read: \(printable(path))"
    }
    return text.contains("-----BEGIN CERTIFICATE-----") ? nil : "names a file without a PEM certificate: \(printable(path))"
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// A value that stands under two roles: somebody would have one of them by accident.
  private static func repeated(_ groups: [(role: Role, values: Set<String>)]) -> [(key: String, value: String)] {
    var seen: Set<String> = []
    return zip(groupKeys, groups).flatMap { key, group in
      let twice = group.values.intersection(seen).sorted()
      seen.formUnion(group.values)
      return twice.map { (key.key, $0) }
    }
  }
}

private func nonBlank(_ text: String?) -> String? {
  text.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
}
