import Tocsin

/// One address of the server and who may use it. It is declared once: the server routes by it and lets people in by it, and the
/// OpenAPI document is written from it.
public struct Route: Sendable, Hashable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// Who may use a route.
  public enum Access: Sendable, Hashable {
    /// Everybody: it tells nothing about incidents.
    case anyone
    /// A vendor, whose signature is the credential.
    case signed
    /// A monitoring system: with a token of role `ingest`, `responder` or `admin`. Before the first token is made, any
    /// program of this machine.
    case intake
    /// Any program of this machine; from elsewhere, whoever may read incidents.
    case local
    /// Whoever has one of these roles, by token or by session.
    case roles(Set<Role>)
    /// Whoever has one of these roles and has signed in, at a page.
    case people(Set<Role>)
    /// A person who has signed in, whatever their role: what they do with their own account.
    case session
  }

  public let method: Method
  /// With the names of its parameters in braces: `/api/v1/incidents/{id}`.
  public let path: String
  public let access: Access
  /// What it does, in a sentence.
  public let summary: String

  public init(_ method: Method, _ path: String, _ access: Access, _ summary: String) {
    self.method = method
    self.path = path
    self.access = access
    self.summary = summary
  }
}

extension Route.Access {
  /// Whoever may read incidents.
  public static let readers = Route.Access.roles([.viewer, .responder, .admin])
  /// Whoever may change incidents and send messages.
  public static let responders = Route.Access.roles([.responder, .admin])
  public static let admins = Route.Access.roles([.admin])
  /// Everybody who has a role at all.
  public static let known = Route.Access.roles([.viewer, .ingest, .responder, .admin])
}
