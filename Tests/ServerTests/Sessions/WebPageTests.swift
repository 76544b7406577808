import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Pages
@testable import Server
@testable import Tocsin

// On SQLite only: this is about HTTP, which no engine decides.
@Suite struct WebPageTests {
  @Test func `From the page to sign in to the page behind it, and out again`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      var browser = Browser()
      let first = try await bench.send(.get, "/", by: &browser)
      #expect(first.status == 303 && first.headers[.location] == "/login")
      let page = try await bench.send(.get, "/login", by: &browser)
      #expect(page.status == 200 && !page.text.contains("/login/oidc"))
      let done = try await bench.post("/login", [("name", "ada"), ("password", TestBench.password)], by: &browser)
      #expect(done.status == 303 && done.headers[.location] == "/")
      let home = try await bench.send(.get, "/", by: &browser)
      #expect(home.text.contains("<bdi>ada</bdi>") && home.text.contains("<strong>responder</strong>"))
      let csrf = try #require(home.text.firstMatch(of: /name="csrf_token" value="([0-9a-f]{64})"/)).1
      let kept = browser
      let forged = try await bench.post("/logout", [("csrf_token", "x")], by: &browser)
      #expect(forged.status == 403)
      #expect(try await bench.isSignedIn(kept))
      let out = try await bench.post("/logout", [("csrf_token", String(csrf))], by: &browser)
      #expect(out.status == 303 && browser.session == nil)
      #expect(try await !bench.isSignedIn(kept))
    }
  }

  @Test(arguments: [
    #""><script>alert(1)</script>"#, "<b>", "\"\u{301}><script>alert(1)</script>", "<\u{301}script", "{{secret}}",
    "' onfocus='x", "漢\u{202E}x",
  ])
  func `What was typed comes back as text, and the password not at all`(_ name: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      var browser = Browser()
      let answer = try await bench.post("/login", [("name", name), ("password", "canary-typed")], by: &browser)
      #expect(answer.status == 401)
      #expect(answer.text.contains("The name or the password is wrong."))
      #expect(!answer.text.contains("canary-typed") && !answer.text.contains("<b>"))
      // By scalars: to a browser, a combining mark after a bracket changes nothing.
      for bad in ["<script", "<\u{301}", "\"\u{301}"] { #expect(!answer.text.utf8.contains(bad.utf8)) }
      #expect(!answer.text.contains("' onfocus") && browser.cookies.isEmpty)
      // A browser would answer Basic with a window of its own.
      #expect(answer.headers[.wwwAuthenticate]?.contains("Basic") == false)
    }
  }

  @Test func `Who has a second factor is asked for the code on a page of its own, without typing the password again`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      let start = try await bench.incidents.startTOTP(of: "ada")
      let totp = TOTP(secret: try #require(bytes(start.uri)))
      _ = try await bench.incidents.confirmTOTP(of: "ada", code: totp.code(TOTP.step(bench.clock.now)), by: "ada")
      bench.clock.advance(by: TOTP.period)
      var browser = Browser()
      let asked = try await bench.post("/login", [("name", "ada"), ("password", TestBench.password)], by: &browser)
      #expect(asked.status == 200 && browser.cookies.isEmpty)
      #expect(asked.text.contains("one-time-code") && !asked.text.contains(TestBench.password))
      func ticket(_ page: String) throws -> String {
        String(try #require(page.firstMatch(of: /name="ticket" value="([^"]+)"/)).1)
      }
      let wrong = try await bench.post("/login", [("ticket", try ticket(asked.text)), ("code", "1")], by: &browser)
      #expect(wrong.status == 401 && wrong.text.contains("The code is wrong"))
      let code = totp.code(TOTP.step(bench.clock.now))
      for bad in ["", "x", try ticket(asked.text) + "x"] {
        let refused = try await bench.post("/login", [("ticket", bad), ("code", code)], by: &browser)
        #expect(refused.status == 401 && browser.cookies.isEmpty)
      }
      let done = try await bench.post("/login", [("ticket", try ticket(wrong.text)), ("code", code)], by: &browser)
      #expect(done.status == 303)
      #expect(try await bench.isSignedIn(browser))
      bench.clock.advance(by: SignInTicket.lifetime)
      let late = try await bench.post("/login", [("ticket", try ticket(asked.text)), ("code", code)], by: &browser)
      #expect(late.status == 401 && late.text.contains("That took too long"))
    }
  }

  @Test(arguments: [("/incidents?search=a%20b", "/incidents?search=a%20b"), ("//evil.example", "/"), ("/\\evil", "/")])
  func `Whoever was sent to sign in comes back to the page they wanted, and nowhere else`(
    _ next: String, _ there: String
  )
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      var browser = Browser()
      let page = try await bench.send(.get, "/login?" + FormText.encoded([("next", next)]), by: &browser)
      #expect(page.text.contains("name=\"next\"") == (there != "/"))
      let fields = [("name", "ada"), ("password", TestBench.password), ("next", next)]
      let done = try await bench.post("/login", fields, by: &browser)
      #expect(done.status == 303 && done.headers[.location] == there)
    }
  }

  @Test func `Too many wrong passwords are a page too, which says how long to wait`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      var browser = Browser()
      for _ in 0..<10 { _ = try await bench.post("/login", [("name", "ada"), ("password", "wrong")], by: &browser) }
      let answer = try await bench.post("/login", [("name", "ada"), ("password", TestBench.password)], by: &browser)
      #expect(answer.status == 429 && answer.headers[.retryAfter] == "30")
      #expect(answer.text.contains("wait 30 seconds"))
    }
  }

  /// Failure: a password goes over the network in plain text.
  @Test func `Nobody signs in over a connection that others can read`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      let request = Request(
        head: HTTPRequest(method: .post, scheme: "http", authority: "tocsin.example.com", path: "/login"),
        body: RequestBody(buffer: ByteBuffer()))
      let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "t"))
      let context = Context(source: source)
      #expect(throws: Failure.self) { try request.requirePrivacy(context) }
    }
  }

  @Test(arguments: ["/login", "/setup", "/setup?secret=x"])
  func `A page loads nothing from elsewhere, runs nothing, and may not be framed`(_ path: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      let page = try await bench.send(.get, path)
      #expect(page.headers[.contentType] == "text/html; charset=utf-8" && page.headers[.cacheControl] == "no-store")
      let policy = try #require(page.headers[.contentSecurityPolicy])
      for rule in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
        #expect(policy.contains(rule))
      }
      for word in ["<script", "<style", "style=", "onload", "http://", "https://"] {
        #expect(!page.text.contains(word))
      }
    }
  }
}

extension WebPageTests {
  @Test func `The set-up link makes the first admin, once`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      var browser = Browser()
      let page = try await bench.send(.get, "/setup?secret=\(secret)", by: &browser)
      #expect(page.status == 200 && page.text.contains("autocomplete=\"new-password\""))
      // Looking at it does not use it up.
      #expect(try await bench.send(.get, "/setup?secret=\(secret)", by: &browser).status == 200)
      let unlike = try await bench.setUp(secret, again: "something else", &browser)
      #expect(unlike.status == 422 && unlike.text.contains("The two passwords are not the same."))
      let weak = try await bench.setUp(secret, password: "password", &browser)
      #expect(weak.status == 422 && weak.text.contains("value=\"root\"") && weak.text.contains(secret))
      let done = try await bench.setUp(secret, &browser)
      #expect(done.status == 303, "\(done.text)")
      #expect(try await bench.isSignedIn(browser))
      #expect(try await bench.incidents.users().map(\.role) == [.admin])
      var late = Browser()
      #expect(try await bench.setUp(secret, name: "eve", &late).status == 409)
      #expect(try await bench.send(.get, "/setup?secret=\(secret)", by: &late).status == 409)
      #expect(late.cookies.isEmpty)
    }
  }

  @Test func `A set-up link that is wrong, or over an hour old, leads nowhere`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      var browser = Browser()
      let others = ["", secret + "0", String(repeating: "0", count: 64)]
      for wrong in others + [String(secret.dropLast()), secret.uppercased()] {
        let page = try await bench.send(.get, "/setup?secret=\(wrong)", by: &browser)
        #expect(page.status == 401 && !page.text.contains("<form"))
        #expect(try await bench.setUp(wrong, &browser).status == 401)
      }
      bench.clock.advance(by: Incidents.setUpLife)
      #expect(try await bench.setUp(secret, &browser).status == 401)
      #expect(try await bench.incidents.users().isEmpty && browser.cookies.isEmpty)
    }
  }

  @Test func `Of a hundred that use the set-up link at once, one gets in`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      let done = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<100 {
          group.addTask {
            var browser = Browser()
            return try await bench.setUp(secret, name: "user \(number)", &browser).status
          }
        }
        return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(done[303] == 1, "\(done)")
      #expect(Set(done.keys).isSubset(of: [303, 409, 401, 429]), "\(done)")
      #expect(try await bench.incidents.users().count == 1)
    }
  }
}

extension TestBench {
  fileprivate func setUp(
    _ secret: String, name: String = "root", password: String = Self.password, again: String? = nil,
    _ browser: inout Browser
  ) async throws -> HTTPAnswer {
    try await post(
      "/setup",
      [("secret", secret), ("name", name), ("email", ""), ("password", password), ("again", again ?? password)],
      by: &browser)
  }
}

/// The secret of an `otpauth:` address.
func bytes(_ uri: String) -> [UInt8]? {
  let items = URLComponents(string: uri)?.queryItems
  guard let text = items?.first(where: { $0.name == "secret" })?.value else { return nil }
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
  let bits = text.compactMap { alphabet.firstIndex(of: $0) }.flatMap { value in (0..<5).map { value >> (4 - $0) & 1 } }
  return stride(from: 0, to: bits.count - 7, by: 8).map { start in
    bits[start..<start + 8].reduce(0) { $0 << 1 | UInt8($1) }
  }
}
