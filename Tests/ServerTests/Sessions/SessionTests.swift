import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct SessionTests {
  @Test(arguments: TestDatabase.all)
  func `A right name and password begin a session, in a cookie that no script can read`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      var browser = Browser()
      let answer = try await bench.attempt("ADA", TestBench.password, &browser)
      #expect(answer.status == 201)
      #expect(answer.json["name"] == "ada" && answer.json["role"] == "responder")
      #expect(answer.json["expires_at"] == "2026-11-21T18:28:03.120Z")
      let cookie = try #require(browser.setCookies.first)
      #expect(cookie.prefixMatch(of: /tocsin=[0-9a-f]{64};/) != nil, "\(cookie)")
      #expect(Set(cookie.components(separatedBy: "; ").dropFirst()) == ["Path=/", "HttpOnly", "SameSite=Lax"])
      let secret = try #require(browser.session)
      #expect(!answer.text.contains(secret))
      let who = try await bench.send(.get, "/api/v1/session", by: &browser)
      #expect(who.json["name"] == "ada" && who.json["credential"] == "session")
      #expect(who.json["csrf_token"] == answer.json["csrf_token"])
    }
  }

  /// Failure: a neighbour under the same domain, or whoever sits on the way, sets a cookie of ours.
  @Test(arguments: TestDatabase.all)
  func `Over an encrypted connection the cookie is this very host's, and goes over such connections only`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      let application = Application(
        router: Routes.table(bench.incidents, Routes.Surroundings(isEncrypted: true)).router)
      try await application.test(.router) { client in
        let body = ByteBuffer(string: #"{"name":"ada","password":"\#(TestBench.password)"}"#)
        let answer = try await client.execute(
          uri: "/api/v1/session", method: .post, headers: [.contentType: "application/json"], body: body)
        let cookie = try #require(answer.headers[.setCookie])
        let secret = try #require(cookie.prefixMatch(of: /__Host-tocsin=([0-9a-f]{64});/)).1
        let rules = Set(cookie.components(separatedBy: "; ").dropFirst())
        #expect(rules == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
        for (name, status) in [("__Host-tocsin", 200), ("tocsin", 401)] {
          let seen = try await client.execute(
            uri: "/api/v1/session", method: .get, headers: [.cookie: "\(name)=\(secret)"])
          #expect(seen.status.code == status)
        }
      }
    }
  }

  /// Failure: somebody puts a cookie of theirs into a browser, waits until its owner signs in, and uses it.
  @Test(arguments: TestDatabase.all)
  func `Signing in makes a new session, whatever cookie the browser brought`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let planted = String(repeating: "a", count: 64)
      var browser = Browser(["tocsin": planted])
      try await bench.signIn(&browser)
      #expect(browser.session != planted)
      #expect(try await !bench.isSignedIn(Browser(["tocsin": planted])))
      let first = browser
      try await bench.signIn(&browser)
      #expect(browser.session != first.session)
      #expect(try await !bench.isSignedIn(first))
      #expect(try await bench.isSignedIn(browser))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Signing out ends the session at the server, not only in the browser`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      var browser = Browser()
      let csrf = try await bench.signIn(&browser)
      let kept = browser
      let answer = try await bench.send(.delete, "/api/v1/session", by: &browser, csrf: csrf)
      #expect(answer.status == 204 && browser.session == nil)
      #expect(try await !bench.isSignedIn(kept))
      var late = kept
      let refused = try await bench.send(.get, "/api/v1/sessions", by: &late)
      #expect(refused.status == 401 && refused.json["detail"].string?.contains("the session is over") == true)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A session ends two hours after its last use, and twelve hours after it began`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      var (used, idle) = (Browser(), Browser())
      try await bench.signIn(&used)
      try await bench.signIn(&idle)
      bench.clock.advance(by: Session.idle + 1)
      #expect(try await !bench.isSignedIn(idle))
      try await bench.signIn(&used)
      bench.clock.advance(by: Session.life + 1)
      #expect(try await !bench.isSignedIn(used))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A new password needs the old one, and ends all other sessions`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      var (here, there) = (Browser(), Browser())
      let csrf = try await bench.signIn(&here)
      try await bench.signIn(&there)
      func change(_ old: String, _ new: String) async throws -> TestBench.HTTPAnswer {
        let body = try JSON.encode(["old_password": old, "new_password": new])
        return try await bench.send(.post, "/api/v1/session/password", body, by: &here, csrf: csrf)
      }
      let wrong = try await change("not the old one", "a whole new secret")
      #expect(wrong.status == 422 && wrong.json["pointer"] == "/old_password", "\(wrong.text)")
      let weak = try await change(TestBench.password, "password")
      #expect(weak.status == 422 && weak.json["pointer"] == "/new_password", "\(weak.text)")
      #expect(try await bench.isSignedIn(there))
      #expect(try await change(TestBench.password, "a whole new secret").status == 204)
      #expect(try await bench.isSignedIn(here))
      #expect(try await !bench.isSignedIn(there))
      var new = Browser()
      #expect(try await bench.attempt("ada", TestBench.password, &new).status == 401)
      #expect(try await bench.attempt("ada", "a whole new secret", &new).status == 201)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `People see where they are signed in and sign out there, but never for others`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      try await bench.user("bob")
      var (here, there, bob) = (Browser(), Browser(), Browser())
      let csrf = try await bench.signIn(&here)
      try await bench.signIn(&there)
      try await bench.signIn("bob", &bob)
      let list = try await bench.send(.get, "/api/v1/sessions", by: &here)
      #expect(list.json["items"].count == 2)
      var bobs = bob
      let his = try await bench.send(.get, "/api/v1/sessions", by: &bobs)
      let foreign = his.json["items"][0]["session_guid"].string ?? ""
      let refused = try await bench.send(.delete, "/api/v1/sessions/\(foreign)", by: &here, csrf: csrf)
      #expect(refused.status == 404)
      #expect(try await bench.isSignedIn(bob))
      let ended = try await bench.send(.delete, "/api/v1/sessions", by: &here, csrf: csrf)
      #expect(ended.json["sessions_ended"] == 1)
      #expect(try await !bench.isSignedIn(there))
      #expect(try await bench.isSignedIn(here))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A new role counts from the next request on, and a disabled user is out at once`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user("root", .admin)
      try await bench.user()
      var browser = Browser()
      let csrf = try await bench.signIn(&browser)
      let body = #"{"title":"T","severity":"LOW","package":"P"}"#
      let created = try await bench.send(.post, "/api/v1/incidents", body, by: &browser, csrf: csrf)
      #expect(created.status == 201 && created.json["created_by"] == "ada")
      try await bench.incidents.changeRole(of: "ada", to: .viewer)
      let refused = try await bench.send(.post, "/api/v1/incidents", body, by: &browser, csrf: csrf)
      #expect(refused.status == 403 && refused.json["allowed"] == .array(["admin", "responder"]))
      try await bench.incidents.disableUser("ada")
      #expect(try await !bench.isSignedIn(browser))
      var again = Browser()
      #expect(try await bench.attempt("ada", TestBench.password, &again).status == 403)
    }
  }

  /// Failure: the browser's cookie is sent along unasked, and decides instead of the token that a program chose.
  @Test(arguments: TestDatabase.all)
  func `Of a token and a session the token counts, and a bad token is not made up for by a session`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let token = try await bench.token(.viewer)
      let who = try await bench.send(
        .get, "/api/v1/session", by: &browser, csrf: csrf, [.authorization: "Bearer \(token)"])
      #expect(who.json["credential"] == "token" && who.json["role"] == "viewer" && who.json["csrf_token"] == .null)
      let bad = try await bench.send(.get, "/api/v1/session", by: &browser, [.authorization: "Bearer tocsin_x"])
      #expect(bad.status == 401)
      let foreign = try await bench.send(
        .delete, "/api/v1/sessions", by: &browser, csrf: csrf, [.authorization: "Bearer \(token)"])
      #expect(foreign.status == 403 && foreign.json["detail"].string?.contains("a token cannot") == true)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Nobody learns whether there is a user of that name`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      var browser = Browser()
      let known = try await bench.attempt("ada", "wrong wrong wrong", &browser)
      let unknown = try await bench.attempt("nobody", "wrong wrong wrong", &browser)
      #expect(known.status == 401 && unknown.status == 401)
      for field in ["code", "detail", "pointer", "title"] { #expect(known.json[field] == unknown.json[field]) }
      #expect(browser.cookies.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `After ten wrong passwords there is a wait, for this user and this address only`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      try await bench.user("bob")
      var browser = Browser()
      for _ in 0..<10 { #expect(try await bench.attempt("ada", "wrong wrong wrong", &browser).status == 401) }
      let refused = try await bench.attempt("ada", TestBench.password, &browser)
      #expect(refused.status == 429 && refused.json["code"] == "too_many")
      #expect(refused.headers[.retryAfter] == "30")
      #expect(try await bench.attempt("bob", TestBench.password, &browser).status == 201)
      bench.clock.advance(by: 30)
      #expect(try await bench.attempt("ada", TestBench.password, &browser).status == 201)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A second factor is asked for from the moment it is confirmed, and each code works once`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      var browser = Browser()
      let csrf = try await bench.signIn(&browser)
      let start = try await bench.send(.post, "/api/v1/session/totp", by: &browser, csrf: csrf)
      #expect(start.status == 201, "\(start.text)")
      #expect(start.json["totp_uri"].string?.hasPrefix("otpauth://totp/Tocsin:ada?") == true)
      let secret = try #require(start.json["totp_secret"].string)
      func code() -> String { TOTP(secret: base32(secret)).code(TOTP.step(bench.clock.now)) }
      var other = Browser()
      #expect(try await bench.attempt("ada", TestBench.password, &other).status == 201)
      let odd = try await bench.send(.put, "/api/v1/session/totp", #"{"code":"000000x"}"#, by: &browser, csrf: csrf)
      #expect(odd.status == 422 && odd.json["pointer"] == "/code")
      let confirmed = try await bench.send(
        .put, "/api/v1/session/totp", #"{"code":"\#(code())"}"#, by: &browser, csrf: csrf)
      #expect(confirmed.status == 200, "\(confirmed.text)")
      let recovery = try #require(confirmed.json["recovery_codes"][0].string)
      bench.clock.advance(by: TOTP.period)
      var third = Browser()
      let asked = try await bench.attempt("ada", TestBench.password, &third)
      #expect(asked.status == 401 && asked.json["pointer"] == "/code" && third.cookies.isEmpty)
      let now = code()
      #expect(try await bench.attempt("ada", TestBench.password, now, &third).status == 201)
      var fourth = Browser()
      #expect(try await bench.attempt("ada", TestBench.password, now, &fourth).status == 401)
      #expect(try await bench.attempt("ada", TestBench.password, recovery, &fourth).status == 201)
      #expect(try await bench.attempt("ada", TestBench.password, recovery, &fourth).status == 401)
    }
  }

  /// Failure: whoever finds a browser open locks its user out.
  @Test(arguments: TestDatabase.all)
  func `How one signs in can only be changed soon after signing in`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      var browser = Browser()
      let csrf = try await bench.signIn(&browser)
      bench.clock.advance(by: 600)
      for (method, path) in [(HTTPRequest.Method.post, "/totp"), (.delete, "/totp"), (.post, "/recovery-codes")] {
        let answer = try await bench.send(method, "/api/v1/session" + path, by: &browser, csrf: csrf)
        #expect(answer.status == 403 && answer.json["detail"].string?.contains("sign in again") == true, "\(path)")
      }
    }
  }
}

/// RFC 4648, section 6.
private func base32(_ text: String) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
  let bits = text.compactMap { alphabet.firstIndex(of: $0) }.flatMap { value in (0..<5).map { value >> (4 - $0) & 1 } }
  return stride(from: 0, to: bits.count - 7, by: 8).map { start in
    bits[start..<start + 8].reduce(0) { $0 << 1 | UInt8($1) }
  }
}
