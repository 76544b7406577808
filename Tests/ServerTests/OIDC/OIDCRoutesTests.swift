import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Tocsin

@testable import Server

/// The browser's way to a provider and back.
@Suite struct OIDCRoutesTests {
  @Test(arguments: TestDatabase.all)
  func `The way there and back ends in a session, with a cookie that is gone afterwards`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let log = Log()
      try await LyingProvider().around(bench, log) { visit in
        let out = try await visit("/login/oidc", [:])
        #expect(out.status == 303)
        let kept = try #require(out.cookie("tocsin-sign-in"))
        #expect(kept.contains("; Max-Age=600; ") || kept.contains("Max-Age=600"))
        #expect(kept.contains("HttpOnly") && kept.contains("SameSite=Lax"))
        let back = try await visit(out.back(), ["tocsin-sign-in": out.value("tocsin-sign-in")])
        #expect(back.status == 303 && back.location == "/", "\(back.text)")
        #expect(back.cookie("tocsin-sign-in")?.contains("Max-Age=0") == true)
        let home = try await visit("/", ["tocsin": back.value("tocsin")])
        #expect(home.text.contains("<bdi>ada</bdi>") && home.text.contains("<strong>responder</strong>"))
      }
      #expect(try await bench.incidents.users().map(\.name) == ["ada"])
      #expect(!log.text.contains(LyingProvider.secret))
    }
  }

  @Test(arguments: [
    ("/incidents/01a1ffd4-97a5?x=1", "/incidents/01a1ffd4-97a5?x=1"), ("//evil.example", "/"), ("/\\evil.example", "/"),
    ("https://evil.example/", "/"), ("", "/"),
  ])
  func `Somebody sent to sign in comes back to the page they wanted, and nowhere else`(_ next: String, _ there: String)
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await LyingProvider().around(bench, Log()) { visit in
        let out = try await visit("/login/oidc?" + FormText.encoded([("next", next)]), [:])
        let cookies = ["tocsin-sign-in", "tocsin-next"].map { ($0, out.value($0)) }
        let back = try await visit(out.back(), Dictionary(uniqueKeysWithValues: cookies))
        #expect(back.status == 303 && back.location == there, "\(back.text)")
        #expect(back.cookie("tocsin-next")?.contains("Max-Age=0") == true)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The role follows the provider's groups at every sign-in, downwards too`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let group = Log()
      var provider = LyingProvider()
      provider.claims = { $0["groups"] = [group.text] }
      try await provider.around(bench, Log()) { visit in
        for (name, role) in [("ops", Role.responder), ("admins", .admin), ("ops", .responder)] {
          group.replace(name)
          let out = try await visit("/login/oidc", [:])
          let back = try await visit(out.back(), ["tocsin-sign-in": out.value("tocsin-sign-in")])
          #expect(back.status == 303, "\(back.text)")
          #expect(try await bench.incidents.users().map(\.role) == [role])
        }
      }
    }
  }

  /// Failure: somebody at the provider calls themselves like an admin here, and becomes one.
  @Test(arguments: TestDatabase.all)
  func `Nobody takes over a user of the same name`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user("ada", .admin)
      try await LyingProvider().around(bench, Log()) { visit in
        let out = try await visit("/login/oidc", [:])
        _ = try await visit(out.back(), ["tocsin-sign-in": out.value("tocsin-sign-in")])
      }
      let users = try await bench.incidents.users()
      #expect(users.map(\.name) == ["ada", "ada-2"] && users.map(\.role) == [.admin, .responder])
    }
  }

  @Test(arguments: Lie.all, TestDatabase.all)
  func `A provider that lies gets its visitor a page that says why, and no session`(_ lie: Lie, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let log = Log()
      try await lie.provider.around(bench, log, lie.settings) { visit in
        var answer = try await visit("/login/oidc", [:])
        if answer.status == 303 {
          answer = try await visit(answer.back(lie.provider.query), ["tocsin-sign-in": answer.value("tocsin-sign-in")])
        }
        #expect(answer.status == 403 || answer.status == 503, "\(answer.status)")
        #expect(answer.text.contains("Try again") && answer.cookie("tocsin") == nil)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(!answer.text.contains("canary") && !answer.text.contains("<h1>canary"))
      }
      #expect(try await bench.incidents.users().isEmpty)
      #expect(!log.text.contains("canary"), "\(log.text)")
      #expect(log.text.contains("sign-in by provider refused"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A way back that nobody set out on leads nowhere`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await LyingProvider().around(bench, Log()) { visit in
        let out = try await visit("/login/oidc", [:])
        let other = try await visit("/login/oidc", [:])
        for (path, cookies) in [
          (out.back(), [:]), (out.back(), ["tocsin-sign-in": other.value("tocsin-sign-in")]),
          ("/login/oidc/callback", ["tocsin-sign-in": out.value("tocsin-sign-in")]),
          ("/login/oidc/callback?state=a&state=b", ["tocsin-sign-in": out.value("tocsin-sign-in")]),
          ("/login/oidc/callback?state=%FF", [:]),
        ] as [(String, [String: String])] {
          let answer = try await visit(path, cookies)
          #expect(answer.status == 403 && answer.cookie("tocsin") == nil, "\(path)")
        }
      }
    }
  }
}

/// Sends a GET with cookies.
private typealias Visit = @Sendable (_ path: String, _ cookies: [String: String]) async throws -> Visited

private struct Visited {
  let status: Int
  let headers: HTTPFields
  let text: String

  var location: String { headers[.location] ?? "" }

  func cookie(_ name: String) -> String? { headers[values: .setCookie].first { $0.hasPrefix(name + "=") } }
  func value(_ name: String) -> String {
    cookie(name).map { String($0.dropFirst(name.count + 1).prefix { $0 != ";" }) } ?? ""
  }

  /// What the provider sends the browser back to.
  func back(_ change: (inout [String: String]) -> Void = { _ in }) -> String {
    let sent = location.split(separator: "?").last.flatMap(FormText.decoded) ?? [:]
    var query = ["code": "the-code", "state": sent["state"] ?? ""]
    change(&query)
    return "/login/oidc/callback?" + FormText.encoded(query.map { ($0.key, $0.value) })
  }
}

extension LyingProvider {
  /// Runs this provider and a server that trusts it.
  fileprivate func around(
    _ bench: TestBench, _ log: Log, _ more: [String: String] = [:],
    _ body: @escaping @Sendable (Visit) async throws -> Void
  ) async throws {
    var provider = self
    // The nonce is in the address that the browser was sent to; an honest provider remembers it.
    let nonce = Log()
    let claims = provider.claims
    provider.claims = {
      $0["nonce"] = nonce.text
      claims(&$0)
    }
    let answering = provider
    let answer: @Sendable (HTTPReceiver.Request) -> Answer? = {
      try? answering.answer($0, nonce: "", bench.clock.now)
    }
    try await HTTPReceiver.with(sendersMayDie: true, answer) { receiver in
      let login = try Self.login(receiver.port, more, bench.clock, 1)
      let surroundings = Routes.Surroundings(oidc: login, logger: Logger(label: "test") { _ in log })
      let router = Routes.table(bench.incidents, surroundings).router
      try await Application(router: router).test(.router) { client in
        try await body { path, cookies in
          let cookie = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
          let answer = try await client.execute(
            uri: path, method: .get, headers: cookie.isEmpty ? [:] : [.cookie: cookie])
          let visited = Visited(
            status: answer.status.code, headers: answer.headers,
            text: String(decoding: answer.body.readableBytesView, as: UTF8.self))
          let sent = visited.location.split(separator: "?").last.flatMap(FormText.decoded) ?? [:]
          if let value = sent["nonce"] { nonce.replace(value) }
          return visited
        }
      }
    }
  }
}

/// Everything that was logged.
private final class Log: LogHandler {
  private let lines = Mutex("")
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  var text: String { lines.withLock { $0 } }
  func replace(_ text: String) { lines.withLock { $0 = text } }

  func log(event: LogEvent) {
    lines.withLock { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
  }
}
