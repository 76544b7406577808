import Foundation
import Hummingbird
import Tocsin

/// Cookies of ours. Over an encrypted connection their names begin with `__Host-`: browsers take such a cookie from this very
/// host only, and send it over encrypted connections only (RFC 6265bis, section 4.1.3.2). They refuse it over plain HTTP,
/// which is why on this machine itself the names are plain.
enum SessionCookie {
  /// The session.
  static let session = "tocsin"
  /// A sign-in by a provider that is under way.
  static let oidc = "tocsin-sign-in"
  /// Where somebody wanted to go when they were sent to the provider.
  static let next = "tocsin-next"

  static func name(_ name: String, _ context: Context) -> String { context.isSecure ? "__Host-\(name)" : name }

  /// The secret of the session that a browser sends; nil without one.
  static func secret(_ request: Request, _ context: Context) -> String? { value(session, request, context) }

  static func value(_ name: String, _ request: Request, _ context: Context) -> String? {
    let value = request.cookies[Self.name(name, context)]?.value
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Parameter seconds: how long the browser keeps it; nil for as long as it runs, 0 to forget it.
  static func make(_ name: String, _ value: String, _ context: Context, seconds: Int? = nil) -> Cookie {
    Cookie(
      name: Self.name(name, context), value: value, maxAge: seconds, path: "/", secure: context.isSecure,
      httpOnly: true, sameSite: .lax)
  }
}

extension Request {
  /// A password and what it opens must not be readable on the way: encrypted, or from a browser on this machine.
  ///
  /// - Throws: ``Failure`` with code `forbidden`.
  func requirePrivacy(_ context: Context) throws {
    if context.isSecure { return }
    if !isForwarded, context.isFromHere, (try? requireLoopbackHost()) != nil { return }
    throw Failure(
      .forbidden,
      "this connection is not encrypted, so nobody can sign in over it. Use https (tls.certificate, or a proxy that is "
        + "named in trusted_proxies), or a browser on the server's own machine")
  }
}
