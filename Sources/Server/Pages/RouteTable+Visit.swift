import API
import Hummingbird
import Pages
import Tocsin

extension RouteTable {
  /// Adds a page for people who are signed in. Who is not is sent to sign in, and comes back to the page; what goes wrong
  /// is a page too.
  mutating func add(
    visit route: Route, _ incidents: Incidents, _ handler: @escaping @Sendable (Visit) async throws -> Response
  ) {
    var manners = Manners()
    manners.refusalTo = PageRefusal.response
    add(page: route.forPeople, manners: manners) { request, context in
      do {
        let visit = try await Visit(incidents, request, context)
        do {
          return try await handler(visit)
        } catch {
          let denial = Denial(error)
          context.trail.note(problem: denial.trace)
          return try PageRefusal.response(denial, visit)
        }
      }
    }
  }
}

extension Route {
  /// The same for those who have signed in: a page is in somebody's name.
  fileprivate var forPeople: Route {
    guard case .roles(let roles) = access else { return self }
    return Route(method, path, .people(roles), summary)
  }
}

/// What a browser shows when a page cannot be shown.
enum PageRefusal {
  /// To somebody of whom nothing is known.
  @Sendable static func response(_ denial: Denial, _ request: Request) throws -> Response {
    if denial.status == .unauthorized, !request.isChange {
      let isHome = request.uri.path == "/"
      return .redirect(to: isHome ? "/login" : "/login?" + FormText.encoded([("next", request.uri.string)]))
    }
    let texts = Texts.current
    let isOut = denial.status == .unauthorized
    let values: Template.Values = [
      "title": texts("title_\(denial.code)"), "problem": denial.failure.sentence,
      "link": isOut ? "/login" : "/", "link_text": texts(isOut ? "sign_in" : "nav_home"),
    ]
    return denial.page(try Template.render("message", values, frame: Frame.plain(request), texts: texts))
  }

  /// To somebody who is signed in.
  static func response(_ denial: Denial, _ visit: Visit) throws -> Response {
    let values: Template.Values = [
      "title": visit.texts("title_\(denial.code)"), "problem": denial.failure.sentence,
      "allowed": denial.allowed,
    ]
    return denial.page(try Template.render("refusal", values, frame: visit.frame, texts: visit.texts))
  }
}

extension Denial {
  /// As a failure, for its sentence.
  fileprivate var failure: Failure { Failure(.invalid, sentence) }

  fileprivate func page(_ html: String) -> Response {
    var response = Response.page(html)
    response.status = status
    for header in headers where header.name != .wwwAuthenticate { response.headers[header.name] = header.value }
    if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }
}
