import Foundation
import TestSupport
import Testing

/// The built program, a browser's part by hand, and a real OpenID provider.
@Suite(.serialized) struct SignInTests {
  private static let users = [
    RealOIDCProvider.User("ada", password: "ada's long password", groups: ["staff", "tocsin-admins"]),
    RealOIDCProvider.User("bob", password: "bob's long password", groups: ["staff", "on-call"]),
    RealOIDCProvider.User("eve", password: "eve's long password", groups: ["staff"]),
  ]

  @Test func `The link that serve prints makes the first user, who is then signed in`() async throws {
    let tocsin = Program()
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let link = try await running.waitFor(/set up +(http\S+)/)
    let browser = WebBrowser()
    let page = try await browser.get(link)
    #expect(page.status == 200, "\(page.text)")
    let values = ["name": "root", "password": "correct horse battery", "again": "correct horse battery"]
    let home = try await browser.submit(page, values)
    #expect(home.status == 200 && home.text.contains("<bdi>root</bdi>"), "\(home.text)")
    let out = try await browser.submit(home, [:], to: "/logout")
    #expect(out.url.path == "/login")
    let again = try await browser.submit(out, ["name": "root", "password": "correct horse battery"])
    #expect(again.text.contains("<strong>admin</strong>"))
    running.signal(SIGTERM)
    let ended = try await running.end()
    let secret = try #require(link.components(separatedBy: "secret=").last)
    #expect(!ended.talk.contains(secret) && !ended.talk.contains("horse"))
    let second = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    _ = try await second.waitFor(/address +(http\S+)/)
    #expect(!second.output.contains("set up"))
    second.signal(SIGTERM)
    #expect(try await second.end().status == 0)
  }

  @Test(arguments: [
    ("RS256", "client_secret_basic"), ("PS256", "client_secret_basic"), ("ES256", "client_secret_post"),
    ("EdDSA", "client_secret_basic"),
  ])
  func `People sign in by a real provider, each with the role of their group`(
    _ algorithm: String, _ authMethod: String
  ) async throws {
    let port = try await DebianPeer.freePort()
    let base = "http://127.0.0.1:\(port)"
    try await RealOIDCProvider.with(
      redirectURI: base + "/login/oidc/callback", authMethod: authMethod, algorithm: algorithm, users: Self.users
    ) { provider in
      let tocsin = Program(Self.settings(provider, base))
      let running = try tocsin.start("serve", "--listen", "127.0.0.1:\(port)")
      _ = try await running.waitFor(/address +(http\S+)/)
      for (user, role) in [("ada", "admin"), ("bob", "responder")] {
        let (browser, home) = try await Self.signIn(base, user)
        #expect(home.status == 200 && home.url.path == "/", "\(home.status) \(home.url)\n\(home.text.prefix(3000))")
        #expect(home.text.contains("<bdi>\(user)</bdi>") && home.text.contains("<strong>\(role)</strong>"))
        let callback = try #require(browser.visited.first { $0.path == "/login/oidc/callback" })
        // The way back cannot be gone a second time, by the same browser or by another.
        #expect(try await browser.get(callback.absoluteString).status == 403)
        #expect(try await WebBrowser().get(callback.absoluteString).status == 403)
        #expect(try await browser.get(base + "/").text.contains("<bdi>\(user)</bdi>"))
      }
      let (browser, refused) = try await Self.signIn(base, "eve")
      #expect(refused.status == 403 && refused.text.contains("in none of the groups"), "\(refused.text)")
      #expect(try await browser.get(base + "/").url.path == "/login")
      // The keys that the server keeps are less than an hour old, and of no use any more.
      try provider.rotateKeys()
      let (_, later) = try await Self.signIn(base, "ada")
      #expect(later.status == 200 && later.text.contains("<bdi>ada</bdi>"), "\(later.text)")
      running.signal(SIGTERM)
      let ended = try await running.end()
      #expect(!(ended.output + ended.talk).contains(RealOIDCProvider.clientSecret))
    }
  }

  @Test func `A provider that is away is a page that says so, and passwords go on working`() async throws {
    let port = try await DebianPeer.freePort()
    let base = "http://127.0.0.1:\(port)"
    var environment: [String: String] = [:]
    try await RealOIDCProvider.with(redirectURI: base + "/login/oidc/callback", users: []) { provider in
      environment = Self.settings(provider, base)
    }
    let tocsin = Program(environment)
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:\(port)")
    let link = try await running.waitFor(/set up +(http\S+)/)
    let browser = WebBrowser()
    let answer = try await browser.get(base + "/login/oidc")
    #expect(answer.status == 503 && answer.text.contains("cannot be reached") && answer.text.contains("/login"))
    let values = ["name": "root", "password": "correct horse battery", "again": "correct horse battery"]
    let home = try await browser.submit(try await browser.get(link), values)
    #expect(home.text.contains("<bdi>root</bdi>"))
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  private static func settings(_ provider: RealOIDCProvider, _ base: String) -> [String: String] {
    [
      "TOCSIN_PUBLIC_URL": base, "TOCSIN_OIDC_ISSUER": provider.issuer,
      "TOCSIN_OIDC_CLIENT_ID": RealOIDCProvider.clientID, "TOCSIN_OIDC_CLIENT_SECRET": RealOIDCProvider.clientSecret,
      "TOCSIN_OIDC_NAME": "Canaille", "TOCSIN_OIDC_ADMIN_GROUP": "tocsin-admins",
      "TOCSIN_OIDC_RESPONDER_GROUP": "on-call, dba",
    ]
  }

  /// From our button through the provider's own pages and back.
  private static func signIn(_ base: String, _ user: String) async throws -> (WebBrowser, WebBrowser.Answer) {
    let browser = WebBrowser()
    let page = try await browser.get(base + "/login")
    #expect(page.text.contains("Sign in with Canaille"))
    var answer = try await browser.get(base + "/login/oidc")
    // Its name, its password, and its question whether Tocsin may know.
    for _ in 0..<4 where !answer.url.absoluteString.hasPrefix(base) {
      answer = try await browser.submit(answer, fields(answer, user))
    }
    return (browser, answer)
  }

  private static func fields(_ page: WebBrowser.Answer, _ user: String) -> [String: String] {
    if page.text.contains("name=\"password\"") {
      return ["password": users.first { $0.name == user }?.password ?? ""]
    }
    if page.text.contains("name=\"login\"") { return ["login": user] }
    return ["answer": "accept"]
  }
}
