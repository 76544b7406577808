import Foundation
import Hummingbird
import Tocsin

/// Who may come in. Before the first token is made nobody needs one, and then `serve` listens on loopback only.
struct Authorization {
  private let incidents: Incidents

  init(_ incidents: Incidents) { self.incidents = incidents }

  /// - Throws: ``Failure`` with code `unauthenticated` without a valid token, `forbidden` when its role is none of `roles`,
  ///   or when no token exists and the request names another host than this machine itself.
  func requireRole(in roles: Set<Role>, _ request: Request) async throws {
    guard let secret = Self.secret(request.headers[.authorization]) else {
      guard try await incidents.hasTokens() else { return try request.requireLoopbackHost() }
      throw Failure(.unauthenticated, "a token is needed: as bearer token, or as basic-auth password")
    }
    guard let token = try await incidents.token(secret: secret) else {
      throw Failure(.unauthenticated, "the token is not valid")
    }
    guard roles.contains(token.role) else {
      let allowed = roles.map(\.rawValue).sorted()
      throw Failure(.forbidden, "the role \(token.role.rawValue) may not do this", allowed: allowed)
    }
  }

  /// The token of a Bearer header, or the password of a Basic one (RFC 6750, RFC 7617).
  static func secret(_ header: String?) -> String? {
    guard let header else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return "" }
    switch parts[0].lowercased() {
    case "bearer": return parts[1].trimmingCharacters(in: .whitespaces)
    case "basic":
      let pair = Data(base64Encoded: String(parts[1])).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first.map(
        String.init)
        ?? ""
    default: return ""
    }
  }
}
