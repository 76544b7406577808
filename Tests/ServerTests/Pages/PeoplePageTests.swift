import Foundation
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct PeoplePageTests {
  @Test func `An invitation without a password shows one, once, that works`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let made = try await bench.post(
        "/people", [("csrf_token", csrf), ("name", "bob"), ("email", "bob@example.com"), ("role", "viewer")],
        by: &browser)
      let password = String(try #require(made.text.firstMatch(of: /[a-z2-9]{5}(-[a-z2-9]{5}){3}/)).0)
      let user = try await bench.incidents.user("bob")
      #expect(made.status == 200 && user.role == .viewer && user.email == "bob@example.com" && user.createdBy == "root")
      var other = Browser()
      let signedIn = try await bench.attempt("bob", password, &other)
      #expect(signedIn.status == 201)
      let page = try await bench.send(.get, "/people", by: &browser)
      #expect(page.text.contains("bob@example.com") && !page.text.contains(password))
    }
  }

  @Test(arguments: [
    ("name", "root", 409), ("password", "short", 422), ("email", "nowhere", 422), ("role", "ingest", 422),
  ])
  func `What is wrong is said beside what was typed`(_ field: String, _ value: String, _ status: Int) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      var fields = ["csrf_token": csrf, "name": "typed", "email": "typed@example.com", "role": "viewer"]
      fields[field] = value
      let answer = try await bench.post("/people", fields.map { ($0.key, $0.value) }, by: &browser)
      #expect(answer.status == status && answer.text.contains("class=\"problem\""))
      for name in ["name", "email"] where field != name {
        #expect(answer.text.contains("value=\"\(fields[name] ?? "")\""))
      }
      if field == "password" { #expect(!answer.text.contains("short\"")) }
      #expect(try await bench.incidents.users().count == 1)
    }
  }

  @Test func `Role, access, password and second factor are changed, each with its entry in the audit log`() async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      try await bench.user("bob")
      let guid = try await bench.incidents.user("bob").userGuid
      let start = try await bench.incidents.startTOTP(of: "bob")
      let totp = TOTP(secret: try #require(bytes(start.uri)))
      _ = try await bench.incidents.confirmTOTP(of: "bob", code: totp.code(TOTP.step(bench.clock.now)), by: "bob")
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      func post(_ path: String, _ fields: [(String, String)] = []) async throws -> TestBench.HTTPAnswer {
        try await bench.post("/people/\(guid)/\(path)", [("csrf_token", csrf)] + fields, by: &browser)
      }
      #expect(try await post("role", [("role", "viewer")]).status == 303)
      #expect(try await bench.incidents.user("bob").role == .viewer)
      #expect(try await post("disablement").status == 303)
      #expect(try await bench.incidents.user("bob").isDisabled)
      #expect(try await post("enablement").status == 303)
      #expect(try await !bench.incidents.user("bob").isDisabled)
      #expect(try await post("second-factor/off").status == 303)
      #expect(try await !bench.incidents.user("bob").hasSecondFactor)
      let again = try await post("second-factor/off")
      #expect(again.status == 409 && again.text.contains("has no second factor"))
      let drawn = try await post("password")
      let password = String(try #require(drawn.text.firstMatch(of: /[a-z2-9]{5}(-[a-z2-9]{5}){3}/)).0)
      var other = Browser()
      #expect(try await bench.attempt("bob", password, &other).status == 201)
      let actions = try await bench.incidents.auditEntries().items.filter { $0.actor == "root" }.map(\.action)
      for action in [AuditAction.roleChanged, .userDisabled, .userEnabled, .totpDisabled, .passwordSet] {
        #expect(actions.contains(action))
      }
    }
  }

  @Test func `The last admin keeps access and role, and reads why`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      let guid = try await bench.incidents.user("root").userGuid
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      for (path, fields) in [("disablement", []), ("role", [("role", "viewer")])] {
        let answer = try await bench.post("/people/\(guid)/\(path)", [("csrf_token", csrf)] + fields, by: &browser)
        #expect(answer.status == 409 && answer.text.contains("the last admin"))
      }
      #expect(try await bench.incidents.user("root").role == .admin)
    }
  }

  @Test(arguments: ["/people", "/tokens", "/system/audit"])
  func `Nobody but admins gets here`(_ path: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .responder)
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      #expect(try await bench.send(.get, path, by: &browser).status == 403)
      guard path != "/system/audit" else { return }
      let made = try await bench.post(
        path, [("csrf_token", csrf), ("name", "mallory"), ("role", "admin")], by: &browser)
      #expect(made.status == 403)
      let (people, tokens) = (try await bench.incidents.users().count, try await bench.incidents.tokens().count)
      #expect(people == 1 && tokens == 0)
    }
  }

  @Test(arguments: [#""><script>alert(1)</script>"#, "<\u{301}img src=x>"])
  func `A hostile name is text, everywhere`(_ name: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      try await bench.user(name)
      _ = try await bench.incidents.createToken(name: name, role: .ingest)
      let guid = try await bench.incidents.user(name).userGuid
      var browser = Browser()
      try await bench.signIn("root", &browser)
      for path in ["/people", "/people/\(guid)", "/tokens", "/system/audit"] {
        let page = try await bench.send(.get, path, by: &browser)
        #expect(page.status == 200 && page.text.contains(HTML.escaped(name)) && !page.text.contains(name), "\(path)")
      }
    }
  }
}
