import API
import Foundation
import Hummingbird
import Tocsin

/// Who may come in. Before the first token is made nobody needs one, and then `serve` listens on loopback only.
struct Authorization {
  private let incidents: Incidents

  init(_ incidents: Incidents) { self.incidents = incidents }

  /// Lets a request in to `route`, or refuses it.
  ///
  /// - Returns: who asks; nil where nobody has to say.
  /// - Throws: ``Failure`` with code `unauthenticated` without a valid token, `forbidden` for a role that may not use the route,
  ///   for a page of another site, and, where no token exists yet, for a request that names another host than this machine.
  func admit(_ request: Request, _ context: Context, to route: Route) async throws -> Visitor? {
    switch route.access {
    case .anyone, .signed: return nil
    case .intake:
      try request.refuseForeignSites()
      return try await admit(request, [.ingest, .responder, .admin], beforeFirstToken: true)
    case .local:
      if request.headers[.authorization] == nil, request.isLocal(context) { return nil }
      return try await admit(request, [.viewer, .responder, .admin], beforeFirstToken: false)
    case .roles(let roles):
      if route.method != .get { try request.refuseForeignSites() }
      return try await admit(request, roles, beforeFirstToken: false)
    }
  }

  private func admit(_ request: Request, _ roles: Set<Role>, beforeFirstToken: Bool) async throws -> Visitor? {
    guard let secret = Self.secret(request.headers[.authorization]) else {
      if beforeFirstToken, try await !incidents.hasTokens() {
        try request.requireLoopbackHost()
        return nil
      }
      throw Failure(.unauthenticated, "a token is needed: as bearer token, or as basic-auth password")
    }
    let token = try await incidents.token(secret: secret)
    guard roles.contains(token.role) else {
      let allowed = roles.map(\.rawValue).sorted()
      throw Failure(.forbidden, "the role \(token.role.rawValue) may not do this", allowed: allowed)
    }
    return Visitor(try Principal(token.name), token.role)
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

extension Request {
  /// Whether a program of this machine sends it, by itself. Neither a proxy of this machine that passes on what others ask,
  /// nor a browser that shows a page of another site, or of a name that was made to lead here (DNS rebinding).
  fileprivate func isLocal(_ context: Context) -> Bool {
    guard let address = context.remoteAddress?.ipAddress, Loopback.contains(address) else { return false }
    guard !ForwardedHop.isForwarded(headers) else { return false }
    return (try? requireLoopbackHost()) != nil && (try? refuseForeignSites()) != nil
  }
}
