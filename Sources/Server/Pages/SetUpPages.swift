import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The first user.
struct SetUpRoutes {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(page: Route(.get, "/setup", .anyone, "The page to make the first user."), setUpPage)
    table.add(page: Route(.post, "/setup", .anyone, "Makes the first user."), setUp)
  }

  /// The link holds the secret in its query: no log of ours shows that, nor does our page pass it on as a referrer.
  @Sendable private func setUpPage(_ request: Request, _ context: Context) async throws -> Response {
    let secret = request.uri.query.flatMap(FormText.decoded)?["secret"] ?? ""
    do {
      try await incidents.checkSetUpSecret(secret)
      return try .door("set_up", values(["secret": secret]), request)
    } catch let failure as Failure {
      return try setUpProblem(failure, request)
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
      if form["data"] == "demo" { await loadDemo(new.user.name, context) }
      return try await Response.home.beginning(new, request, context, incidents)
    } catch let failure as Failure {
      guard failure.code == .invalid || failure.code == .tooMany else { return try setUpProblem(failure, request) }
      let typed = ["secret": secret, "name": form["name"] ?? "", "email": form["email"] ?? ""]
      return try .door("set_up", values(typed, withDemo: form["data"] == "demo"), request, problem: failure)
    }
  }

  private func values(_ typed: [String: String], withDemo: Bool = false) -> Template.Values {
    (typed as Template.Values).merging(["isDemo": withDemo]) { $1 }
  }

  /// The user is made: whatever becomes of the demo, they are in. The system page offers it again.
  private func loadDemo(_ name: String, _ context: Context) async {
    do {
      try await incidents.loadDemo(by: Principal(name, from: context.clientAddress))
    } catch {
      context.trail.note(problem: "the demo data was not loaded: \(error)")
    }
  }

  private func setUpProblem(_ failure: Failure, _ request: Request) throws -> Response {
    let texts = Texts.current
    let values = ["title": texts("set_up"), "link": "/login", "link_text": texts("sign_in")]
    return try .door("message", values, request, problem: failure)
  }
}
