import API
import Foundation
import Hummingbird
import Logging
import Tocsin

/// Signing in and out for programs and for the pages' scripts, and what people do with their own account.
struct SessionRoutes {
  let incidents: Incidents

  /// What one signs in with.
  struct SignIn: Codable, Sendable {
    let name: String
    let password: String
    var code: String?
  }

  struct PasswordChange: Codable, Sendable {
    let oldPassword: String
    let newPassword: String
  }

  struct TOTPConfirmation: Codable, Sendable { let code: String }

  private static let path = "/api/v1/session"

  func add(to table: inout RouteTable) {
    addSession(to: &table)
    addPassword(to: &table)
    addSecondFactor(to: &table)
    addSessions(to: &table)
  }

  private func addSession(to table: inout RouteTable) {
    let signIn = JSONBody<SignIn>()
    table.add(
      Endpoint(
        Route(.post, Self.path, .anyone, "Sign in with a password. The session is in the answer's cookie."),
        "sign_in", body: signIn.content, status: 201, answers: [.json(WhoAmI.self)])
    ) { request, context in
      try await signIn.reading(request) { try await self.signIn($0, request, context) }
    }
    table.add(
      Endpoint(
        Route(.get, Self.path, .known, "Show who is asking, and the CSRF token of a session."), "who_am_i",
        answers: [.json(WhoAmI.self)]), whoAmI)
    table.add(
      Endpoint(Route(.delete, Self.path, .session, "Sign out."), "sign_out", status: 204), signOut)
  }

  @Sendable private func signIn(_ body: SignIn, _ request: Request, _ context: Context) async throws -> Response {
    try request.requirePrivacy(context)
    let outcome = try await incidents.logIn(
      name: body.name, password: body.password, code: body.code, address: context.clientAddress,
      userAgent: request.headers[.userAgent])
    guard case .session(let new) = outcome else {
      throw Failure(.unauthenticated, "a code of the authenticator app, or a recovery code, is needed", field: "code")
    }
    let answer = WhoAmI(new.user, new.session, csrfToken: new.csrfToken)
    return try await Response.json(answer, status: .created).beginning(new, request, context, incidents)
  }

  @Sendable private func whoAmI(_ request: Request, _ context: Context) throws -> Response {
    if let signedIn = context.signedIn {
      return try .json(WhoAmI(signedIn.user, signedIn.session, csrfToken: signedIn.csrfToken), status: .ok)
    }
    guard let token = context.token else { throw Failure(.unauthenticated, "a token or a session is needed") }
    return try .json(WhoAmI(token), status: .ok)
  }

  @Sendable private func signOut(_ request: Request, _ context: Context) async throws -> Response {
    if let secret = SessionCookie.secret(request, context) {
      try await incidents.logOut(secret: secret, address: context.clientAddress)
    }
    return Response(status: .noContent).forgettingSession(context)
  }

  private func addPassword(to table: inout RouteTable) {
    let body = JSONBody<PasswordChange>()
    table.add(
      Endpoint(
        Route(.post, Self.path + "/password", .session, "Change one's own password. All other sessions end."),
        "change_password", body: body.content, status: 204)
    ) { request, context in
      let (signedIn, visitor) = try context.person
      return try await body.reading(request) { change in
        try await incidents.changeOwnPassword(
          signedIn, from: change.oldPassword, to: change.newPassword, by: visitor.principal)
        return Response(status: .noContent)
      }
    }
  }

  private func addSecondFactor(to table: inout RouteTable) {
    let confirmation = JSONBody<TOTPConfirmation>()
    table.add(
      Endpoint(
        Route(
          .post, Self.path + "/totp", .session,
          "Draw a secret for an authenticator app. Nothing changes before it is confirmed."),
        "start_totp", status: 201, answers: [.json(TOTPStart.self)])
    ) { _, context in
      let signedIn = try context.person.signedIn.recentlyByPassword(incidents.database.now())
      let start = try await incidents.startTOTP(of: signedIn.user.userGuid)
      return try .json(TOTPStart(totpSecret: start.secret, totpUri: start.uri), status: .created)
    }
    table.add(
      Endpoint(
        Route(.put, Self.path + "/totp", .session, "Turn the second factor on, with a code of the app."),
        "confirm_totp", body: confirmation.content, answers: [.json(RecoveryCodes.self)])
    ) { request, context in
      let signedIn = try recently(context)
      return try await confirmation.reading(request) { body in
        let codes = try await incidents.confirmTOTP(
          of: signedIn.user.userGuid, code: body.code, by: context.person.visitor.principal)
        return try .json(RecoveryCodes(recoveryCodes: codes), status: .ok)
      }
    }
    table.add(
      Endpoint(
        Route(.delete, Self.path + "/totp", .session, "Turn the second factor off."), "disable_totp", status: 204)
    ) { _, context in
      try await incidents.disableTOTP(of: recently(context).user.userGuid, by: context.person.visitor.principal)
      return Response(status: .noContent)
    }
    table.add(
      Endpoint(
        Route(.post, Self.path + "/recovery-codes", .session, "Draw new recovery codes. The old ones are void."),
        "draw_recovery_codes", status: 201, answers: [.json(RecoveryCodes.self)])
    ) { _, context in
      let codes = try await incidents.drawRecoveryCodes(
        of: recently(context).user.userGuid, by: context.person.visitor.principal)
      return try .json(RecoveryCodes(recoveryCodes: codes), status: .created)
    }
  }

  private func addSessions(to table: inout RouteTable) {
    table.add(
      Endpoint(
        Route(.get, "/api/v1/sessions", .session, "List where one is signed in, newest first."), "list_sessions",
        answers: [.json(OwnSessions.self)])
    ) { _, context in
      let (signedIn, _) = try context.person
      let sessions = try await incidents.sessions(of: signedIn.user.userGuid)
      let items = sessions.map { OwnSession($0, isCurrent: $0.sessionGuid == signedIn.session.sessionGuid) }
      return try .json(OwnSessions(items: items), status: .ok)
    }
    table.add(
      Endpoint(
        Route(.delete, "/api/v1/sessions", .session, "Sign out everywhere else."), "end_other_sessions",
        answers: [.json(EndedSessions.self)])
    ) { _, context in
      let (signedIn, visitor) = try context.person
      let ended = try await incidents.endSessions(
        of: signedIn.user.userGuid, keeping: signedIn.session.sessionGuid, by: visitor.principal)
      return try .json(EndedSessions(sessionsEnded: ended), status: .ok)
    }
    table.add(
      Endpoint(
        Route(.delete, "/api/v1/sessions/{session_guid}", .session, "Sign out at another browser."), "end_session",
        status: 204)
    ) { _, context in
      let (signedIn, visitor) = try context.person
      let guid = try context.parameters.require("session_guid")
      try await incidents.endSession(guid, of: signedIn.user.userGuid, by: visitor.principal)
      return Response(status: .noContent)
    }
  }

  private func recently(_ context: Context) throws -> SignedIn {
    try context.person.signedIn.recently(incidents.database.now())
  }
}

extension JSONBody {
  /// Reads the body, and answers with what `handle` makes of it.
  func reading(_ request: Request, _ handle: (Body) async throws -> Response) async throws -> Response {
    do {
      return try await handle(try await read(request))
    } catch let failure as Failure {
      throw placed(failure)
    }
  }
}

extension Context {
  /// Who has signed in.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated`; ``Authorization`` lets nobody else get here.
  var person: (signedIn: SignedIn, visitor: Visitor) {
    get throws {
      guard let signedIn, let visitor else { throw Failure(.unauthenticated, "a session is needed: sign in") }
      return (signedIn, visitor)
    }
  }
}

extension Response {
  /// With the cookie of a new session. One that the browser had is over: nobody can have chosen the new one's secret, and
  /// nobody is left behind with the old one.
  func beginning(
    _ new: NewSession, _ request: Request, _ context: Context, _ incidents: Incidents
  ) async throws -> Response {
    if let old = SessionCookie.secret(request, context) {
      try await incidents.logOut(secret: old, address: context.clientAddress)
    }
    var response = self
    response.setCookie(SessionCookie.make(SessionCookie.session, new.secret, context))
    return response
  }

  func forgettingSession(_ context: Context) -> Response {
    var response = self
    response.setCookie(SessionCookie.make(SessionCookie.session, "", context, seconds: 0))
    return response
  }
}
