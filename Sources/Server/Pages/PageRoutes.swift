import API
import Foundation
import Hummingbird
import Logging
import Tocsin

/// What a browser goes to. Nothing here changes anything by GET, but that a provider's answer begins a session.
struct PageRoutes {
  let incidents: Incidents
  let oidc: OIDCLogin?
  let logger: Logger

  func add(to table: inout RouteTable) {
    table.add(page: Route(.get, "/", .anyone, "Who is signed in."), home)
    table.add(page: Route(.get, "/tocsin.css", .anyone, "The pages' stylesheet.")) { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=86400"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: Stylesheet.text)))
    }
    table.add(page: Route(.get, "/login", .anyone, "The page to sign in.")) { _, _ in try WebPage.signIn.response(provider) }
    table.add(page: Route(.post, "/login", .anyone, "Signs in."), signIn)
    table.add(page: Route(.post, "/logout", .anyone, "Signs out."), signOut)
    table.add(page: Route(.get, "/setup", .anyone, "The page to make the first user."), setUpPage)
    table.add(page: Route(.post, "/setup", .anyone, "Makes the first user."), setUp)
    if let oidc { OIDCRoutes(incidents: incidents, login: oidc, logger: logger).add(to: &table) }
  }

  private var provider: [String: Any?] { ["provider": oidc?.settings.name] }

  @Sendable private func home(_ request: Request, _ context: Context) async throws -> Response {
    if let secret = SessionCookie.secret(request, context), let signedIn = try await incidents.session(secret: secret) {
      return try WebPage.home.response([
        "name": signedIn.user.name, "role": signedIn.user.role.rawValue, "csrf_token": signedIn.csrfToken,
      ])
    }
    return .redirect(to: "/login")
  }
}

extension PageRoutes {
  @Sendable private func signIn(_ request: Request, _ context: Context) async throws -> Response {
    var request = request
    let form = try await request.form()
    let ticket = form["ticket"].map { SignInTicket(sealed: $0, now: incidents.database.now()) }
    if case .some(nil) = ticket {
      let failure = Failure(.unauthenticated, "that took too long; please sign in again")
      return try WebPage.signIn.response(provider, problem: failure)
    }
    let (name, password) = (ticket??.name ?? form["name"] ?? "", ticket??.password ?? form["password"] ?? "")
    do {
      try request.requirePrivacy(context)
      let outcome = try await incidents.logIn(
        name: name, password: password, code: form["code"], address: context.clientAddress,
        userAgent: request.headers[.userAgent])
      switch outcome {
      case .session(let new): return try await Response.home.beginning(new, request, context, incidents)
      case .secondFactorNeeded: return try codePage(name, password)
      }
    } catch let failure as Failure {
      if failure.field == "code" { return try codePage(name, password, failure) }
      return try WebPage.signIn.response(provider.merging(["name": name]) { $1 }, problem: failure)
    }
  }

  private func codePage(_ name: String, _ password: String, _ failure: Failure? = nil) throws -> Response {
    let values = ["ticket": try SignInTicket(name: name, password: password, now: incidents.database.now()).sealed()]
    if let failure { return try WebPage.code.response(values, problem: failure) }
    return try WebPage.code.response(values)
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

extension PageRoutes {
  /// The link holds the secret in its query: no log of ours shows that, nor does our page pass it on as a referrer.
  @Sendable private func setUpPage(_ request: Request, _ context: Context) async throws -> Response {
    let secret = request.uri.query.flatMap(FormText.decoded)?["secret"] ?? ""
    do {
      try await incidents.checkSetUpSecret(secret)
      return try WebPage.setUp.response(["secret": secret])
    } catch let failure as Failure {
      return try setUpProblem(failure)
    }
  }

  @Sendable private func setUp(_ request: Request, _ context: Context) async throws -> Response {
    var request = request
    let form = try await request.form()
    let secret = form["secret"] ?? ""
    do {
      try request.requirePrivacy(context)
      guard form["password"] == form["again"] else {
        throw Failure(.invalid, "the two passwords are not the same", field: "again")
      }
      let new = try await incidents.setUp(
        secret: secret, name: form["name"] ?? "", email: form["email"], password: form["password"] ?? "",
        address: context.clientAddress, userAgent: request.headers[.userAgent])
      return try await Response.home.beginning(new, request, context, incidents)
    } catch let failure as Failure {
      guard failure.code == .invalid || failure.code == .tooMany else { return try setUpProblem(failure) }
      let values = ["secret": secret, "name": form["name"], "email": form["email"]]
      return try WebPage.setUp.response(values, problem: failure)
    }
  }

  private func setUpProblem(_ failure: Failure) throws -> Response {
    let values = ["title": "Set up Tocsin", "link": "/login", "link_text": "Sign in"]
    return try WebPage.message.response(values, problem: failure)
  }
}

extension Response {
  /// On to the page that everybody begins with.
  static var home: Response { .redirect(to: "/") }
}
