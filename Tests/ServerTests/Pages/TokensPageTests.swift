import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct TokensPageTests {
  @Test func `A token is shown once, works, and is refused after it was revoked`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let made = try await bench.post(
        "/tokens", [("csrf_token", csrf), ("name", "grafana"), ("role", "responder"), ("expires_at", "90d")],
        by: &browser)
      let secret = String(try #require(made.text.firstMatch(of: /tocsin_[0-9a-f]{64}/)).0)
      let token = try await bench.incidents.token(secret: secret)
      #expect(made.status == 200 && token.role == .responder && token.expiresAt == bench.clock.now + 90 * 86_400)
      let list = try await bench.send(.get, "/tokens", by: &browser)
      #expect(list.text.contains("…\(secret.suffix(4))") && !list.text.contains(secret))
      let revoked = try await bench.post("/tokens/\(token.tokenGuid)/revoke", [("csrf_token", csrf)], by: &browser)
      #expect(revoked.status == 303)
      await #expect(throws: Failure.self) { try await bench.incidents.token(secret: secret) }
      let after = try await bench.send(.get, "/tokens", by: &browser)
      #expect(after.text.contains("id=\"revoked\""))
    }
  }

  @Test(arguments: [("name", "", 422), ("role", "king", 422), ("expires_at", "tomorrow", 422), ("name", "taken", 409)])
  func `What is wrong is said beside what was typed`(_ field: String, _ value: String, _ status: Int) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      _ = try await bench.incidents.createToken(name: "taken", role: .ingest)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      var fields = ["csrf_token": csrf, "name": "typed", "role": "viewer", "expires_at": "12h"]
      fields[field] = value
      let answer = try await bench.post("/tokens", fields.map { ($0.key, $0.value) }, by: &browser)
      #expect(answer.status == status && answer.text.contains("class=\"problem\""))
      for name in ["name", "expires_at"] {
        #expect(answer.text.contains("name=\"\(name)\" value=\"\(fields[name] ?? "")\""))
      }
      if field != "role" { #expect(answer.text.contains("value=\"viewer\" selected")) }
      #expect(try await bench.incidents.tokens().count == 1)
    }
  }
}
