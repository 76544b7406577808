import API
import Foundation
import Hummingbird
import Logging
import Pages
import Tocsin

/// Signing in and out.
struct SignInRoutes {
  let incidents: Incidents
  let oidc: OIDCLogin?
  let logger: Logger

  func add(to table: inout RouteTable) {
    table.add(page: Route(.get, "/login", .anyone, "The page to sign in."), signInPage)
    table.add(page: Route(.post, "/login", .anyone, "Signs in."), signIn)
    table.add(page: Route(.post, "/logout", .anyone, "Signs out."), signOut)
    if let oidc { OIDCRoutes(incidents: incidents, login: oidc, logger: logger).add(to: &table) }
  }

  @Sendable private func signInPage(_ request: Request, _ context: Context) async throws -> Response {
    let query = FormText.decoded(request.uri.query ?? "") ?? [:]
    let isFresh = try await !incidents.hasUsers() && oidc == nil
    return try page(request, ["next": query["next"].flatMap(ownPath) ?? "", "isFresh": isFresh])
  }

  /// The page to sign in, with what was typed.
  private func page(_ request: Request, _ values: Template.Values, problem failure: Failure? = nil) throws -> Response {
    var values = values
    let texts = Texts.current
    if let provider = oidc?.settings.name {
      values["provider"] = provider
      values["sign_in_with"] = texts("sign_in_with", ["provider": provider])
      let next = nonEmpty(values["next"] as? String)
      values["provider_address"] = "/login/oidc" + (next.map { "?" + FormText.encoded([("next", $0)]) } ?? "")
    }
    return try .door("sign_in", values, request, problem: failure)
  }
}

extension SignInRoutes {
  @Sendable private func signIn(_ request: Request, _ context: Context) async throws -> Response {
    var request = request
    let form = try await request.form()
    let ticket = form["ticket"].map { SignInTicket(sealed: $0, now: incidents.database.now()) }
    if case .some(nil) = ticket {
      let failure = Failure(.unauthenticated, "that took too long; please sign in again")
      return try page(request, [:], problem: failure)
    }
    let next = form["next"].flatMap(ownPath) ?? ""
    let (name, password) = (ticket??.name ?? form["name"] ?? "", ticket??.password ?? form["password"] ?? "")
    do {
      try request.requirePrivacy(context)
      let outcome = try await incidents.logIn(
        name: name, password: password, code: form["code"], address: context.clientAddress,
        userAgent: request.headers[.userAgent])
      switch outcome {
      case .session(let new):
        return try await Response.redirect(to: next.isEmpty ? "/" : next).beginning(new, request, context, incidents)
      case .secondFactorNeeded: return try codePage(request, name, password, next)
      }
    } catch let failure as Failure {
      if failure.field == "code" { return try codePage(request, name, password, next, failure) }
      return try page(request, ["name": name, "next": next], problem: failure)
    }
  }

  private func codePage(
    _ request: Request, _ name: String, _ password: String, _ next: String, _ failure: Failure? = nil
  ) throws -> Response {
    let ticket = SignInTicket(name: name, password: password, now: incidents.database.now())
    let values: Template.Values = ["ticket": try ticket.sealed(), "next": next]
    return try .door("code", values, request, problem: failure)
  }

  /// Somebody whose session is over already is signed out, whatever their page says.
  @Sendable private func signOut(_ request: Request, _ context: Context) async throws -> Response {
    var request = request
    if let secret = SessionCookie.secret(request, context), let signedIn = try await incidents.session(secret: secret) {
      try await request.requireCSRFToken(of: signedIn)
      try await incidents.logOut(secret: secret, address: context.clientAddress)
    }
    return Response.redirect(to: "/login").forgettingSession(context)
  }
}

extension Response {
  /// A page for somebody who is not signed in.
  static func door(
    _ template: String, _ values: Template.Values, _ request: Request, problem failure: Failure? = nil
  ) throws -> Response {
    var values = values
    if let failure { values["problem"] = failure.sentence }
    return .page(try Template.render(template, values, frame: Frame.plain(request)), failure: failure)
  }

  /// On to the page that everybody begins with.
  static var home: Response { .redirect(to: "/") }
}
