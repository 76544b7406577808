import API
import Foundation
import Hummingbird
import Tocsin

/// Who may come in. Before the first token or user is made, alerts need no token, and `serve` listens on loopback only.
struct Authorization {
  private let incidents: Incidents

  init(_ incidents: Incidents) { self.incidents = incidents }

  /// Lets a request in to `route`, or refuses it. Who asks is put into the context.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated` without a valid token or session, `forbidden` for a role that may not
  ///   use the route, for a page of another site, for a change without the session's CSRF token, and, where no token exists
  ///   yet, for a request that names another host than this machine.
  func admit(
    _ request: inout Request, _ context: inout Context, to route: Route, _ manners: Manners = Manners()
  ) async throws {
    if route.method != .get { try request.refuseForeignSites(publicURL: incidents.settings.publicURL) }
    switch route.access {
    case .anyone, .signed: break
    case .intake:
      let credential = try await manners.credential(&request)
      if case .signature? = credential { return }
      try await admit(
        &request, &context, to: route, [.ingest, .responder, .admin], beforeFirstToken: true, credential)
    case .local:
      if request.headers[.authorization] == nil, request.isLocal(context) { return }
      try await admit(&request, &context, to: route, [.viewer, .responder, .admin], beforeFirstToken: false)
    case .roles(let roles): try await admit(&request, &context, to: route, roles, beforeFirstToken: false)
    case .people(let roles):
      try await requirePerson(&request, &context)
      try await require(roles, context, route)
    case .session: try await requirePerson(&request, &context)
    }
  }

  private func requirePerson(_ request: inout Request, _ context: inout Context) async throws {
    try await identify(&request, &context)
    guard context.signedIn != nil || context.visitor == nil else {
      throw Failure(.forbidden, "this is for people who have signed in; a token cannot do it")
    }
    if context.visitor == nil { throw Self.missing }
  }

  private func admit(
    _ request: inout Request, _ context: inout Context, to route: Route, _ roles: Set<Role>, beforeFirstToken: Bool,
    _ credential: Credential? = nil
  ) async throws {
    do {
      try await identify(&request, &context, credential)
    } catch let failure as Failure where failure.code == .unauthenticated && beforeFirstToken {
      // Many senders cannot do without a key; before there is one, none can be right.
      if try await incidents.hasTokens() { throw failure }
    }
    guard context.visitor != nil else {
      if beforeFirstToken, try await !incidents.hasTokens() {
        if request.isForwarded { throw Self.missing }
        return try request.requireLoopbackHost()
      }
      throw Self.missing
    }
    try await require(roles, context, route)
  }

  private func require(_ roles: Set<Role>, _ context: Context, _ route: Route) async throws {
    guard let visitor = context.visitor, !roles.contains(visitor.role) else { return }
    // The refusal stands, whether the log can be written or not.
    try? await incidents.recordAccessDenied(
      to: visitor, "\(route.method.rawValue) \(route.path)", address: context.clientAddress)
    let allowed = roles.map(\.rawValue).sorted()
    throw Failure(.forbidden, "the role \(visitor.role.rawValue) may not do this", allowed: allowed)
  }

  /// Finds out who asks: by token, else by session. A token wins, because whoever sends one means it, while browsers send
  /// cookies unasked.
  private func identify(
    _ request: inout Request, _ context: inout Context, _ credential: Credential? = nil
  ) async throws {
    if let (secret, place) = Self.secret(request, credential) {
      let token: Token
      do {
        token = try await incidents.token(secret: secret)
      } catch let failure as Failure where place != nil && failure.code == .unauthenticated {
        throw failure.placed(at: place ?? "")
      }
      context.token = token
      context.visitor = Visitor(try Principal(token.name, from: context.clientAddress), token.role)
      return
    }
    guard let secret = SessionCookie.secret(request, context) else { return }
    guard let signedIn = try await incidents.session(secret: secret) else {
      throw Failure(.unauthenticated, "the session is over; sign in again")
    }
    if request.isChange { try await request.requireCSRFToken(of: signedIn) }
    context.signedIn = signedIn
    context.visitor = try signedIn.visitor(from: context.clientAddress)
  }

  private static let missing = Failure(
    .unauthenticated, "a token is needed, as bearer token or as basic-auth password; or a session")

  /// The header wins; `place` is where in the body a secret stands that was found there.
  private static func secret(_ request: Request, _ credential: Credential?) -> (secret: String, place: String?)? {
    if let secret = secret(request.headers[.authorization]) { return (secret, nil) }
    guard case .token(let secret, let place)? = credential else { return nil }
    return (secret, place)
  }

  /// The token of a Bearer header, or the password of a Basic one (RFC 6750, RFC 7617); or what senders of Opsgenie's
  /// dialect call their key.
  static func secret(_ header: String?) -> String? {
    guard let header else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return "" }
    switch parts[0].lowercased() {
    case "bearer", "geniekey": return parts[1].trimmingCharacters(in: .whitespaces)
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
  /// Whether a proxy says that it passes on what somebody else asks.
  var isForwarded: Bool { ForwardedHop.isForwarded(headers) }

  /// Whether a program of this machine sends it, by itself. Neither a proxy of this machine that passes on what others ask,
  /// nor a browser that shows a page of another site, or of a name that was made to lead here (DNS rebinding).
  fileprivate func isLocal(_ context: Context) -> Bool {
    guard context.remoteAddress != nil, context.isFromHere, !isForwarded else { return false }
    return (try? requireLoopbackHost()) != nil && (try? refuseForeignSites()) != nil
  }
}
