import API
import Foundation
import Hummingbird
import Logging
import Pages
import Tocsin

/// To the provider and back.
struct OIDCRoutes {
  let incidents: Incidents
  let login: OIDCLogin
  let logger: Logger

  func add(to table: inout RouteTable) {
    table.add(page: Route(.get, "/login/oidc", .anyone, "Sends the browser to the sign-in provider."), begin)
    table.add(page: Route(.get, OIDCSettings.callbackPath, .anyone, "Takes the provider's answer."), finish)
  }

  @Sendable private func begin(_ request: Request, _ context: Context) async throws -> Response {
    do {
      try request.requirePrivacy(context)
      let (url, attempt) = try await login.begin()
      var response = Response.redirect(to: url)
      response.headers[.cacheControl] = "no-store"
      let seconds = Int(OIDCAttempt.lifetime)
      response.setCookie(SessionCookie.make(SessionCookie.oidc, attempt.cookie, context, seconds: seconds))
      let query = FormText.decoded(request.uri.query ?? "") ?? [:]
      let next = query["next"].flatMap(ownPath).map { FormText.encoded($0) } ?? ""
      response.setCookie(SessionCookie.make(SessionCookie.next, next, context, seconds: next.isEmpty ? 0 : seconds))
      return response
    } catch {
      return try refused(error, request, context)
    }
  }

  @Sendable private func finish(_ request: Request, _ context: Context) async throws -> Response {
    do {
      try request.requirePrivacy(context)
      guard let query = FormText.decoded(request.uri.query ?? "") else {
        throw OIDCRefusal("the provider's answer cannot be read")
      }
      let identity = try await login.finish(
        cookie: SessionCookie.value(SessionCookie.oidc, request, context), query)
      let new = try await incidents.openSession(
        for: Identity(issuer: identity.issuer, subject: identity.subject), name: identity.name, email: identity.email,
        role: identity.role, address: context.clientAddress, userAgent: request.headers[.userAgent])
      let next = SessionCookie.value(SessionCookie.next, request, context)?.removingPercentEncoding.flatMap(ownPath)
      let response = Response.redirect(to: next ?? "/")
      return forgetting(try await response.beginning(new, request, context, incidents), context)
    } catch {
      return forgetting(try refused(error, request, context), context)
    }
  }

  /// The attempt is over, however it ended.
  private func forgetting(_ response: Response, _ context: Context) -> Response {
    var response = response
    for name in [SessionCookie.oidc, SessionCookie.next] {
      response.setCookie(SessionCookie.make(name, "", context, seconds: 0))
    }
    return response
  }

  private func refused(_ error: any Error, _ request: Request, _ context: Context) throws -> Response {
    let failure = (error as? OIDCRefusal).map { Failure(.forbidden, $0.description) } ?? Failure(error)
    logger.warning(
      "sign-in by provider refused",
      metadata: ["reason": "\(failure.message)", "address": "\(context.clientAddress ?? "")"])
    let texts = Texts.current
    let values: Template.Values = [
      "title": texts("sign_in_failed"), "text": texts("sign_in_with_failed", ["provider": login.settings.name]),
      "link": "/login", "link_text": texts("try_again"), "problem": failure.sentence,
    ]
    let html = try Template.render("message", values, frame: Frame.plain(request), texts: texts)
    return .page(html, failure: failure)
  }
}
