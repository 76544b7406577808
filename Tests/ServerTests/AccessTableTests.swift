import API
import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing
import Tocsin

@testable import Server

/// Who may use which route: what is declared is what happens, for every route and everybody.
@Suite struct AccessTableTests {
  // On SQLite only: this is about HTTP, which no engine decides.
  /// What somebody sends to say who they are, and the role that they have by it.
  private struct Identity: Sendable {
    let name: String
    let header: String?
    var role: Role?
  }

  @Test(.timeLimit(.minutes(5)))
  func `Every route lets in those that its declaration names, and nobody else`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let identities = try await Self.identities(bench)
      let routes = Routes.table(bench.incidents, Routes.Surroundings()).routes
      #expect(routes.count > 60)
      try await bench.serving { server in
        for route in routes {
          for identity in identities {
            let expected = Self.expected(route, identity)
            // The stream of those who are let in has no end; a HEAD request takes the same way in.
            let isStream = route.path == "/api/v1/events" && expected == nil
            let answer = try await server.send(
              isStream ? .head : route.method.http, route.path.replacing(/\{\w+\}/, with: "none-such"),
              route.method == .get ? nil : "{}", identity.header.map { [.authorization: $0] } ?? [:])
            let words = "\(route.method.rawValue) \(route.path), \(identity.name): \(answer.status) \(answer.text)"
            if let expected {
              #expect(answer.status == expected, "\(words)")
            } else {
              #expect(answer.status != 403 && answer.status < 500, "\(words)")
              // Signing in answers 401 for what was typed, not for who asks.
              if route.access != .anyone { #expect(answer.status != 401, "\(words)") }
            }
          }
        }
      }
    }
  }

  /// The declaration itself, held against the contract's roles.
  @Test func `What is declared is what roles are for`() async throws {
    try await TestDatabase.sqlite.run { bench in
      for route in Routes.table(bench.incidents, Routes.Surroundings()).endpoints.map(\.route) {
        let words = "\(route.method.rawValue) \(route.path)"
        switch route.path {
        case "/healthz", "/readyz", "/openapi.json", "/docs": #expect(route.access == .anyone, "\(words)")
        case "/metrics": #expect(route.access == .local)
        case "/in/{channel}/status": #expect(route.access == .signed)
        // Who only sends alerts neither reads nor silences.
        case _
        where route.path.hasPrefix("/in/alertmanager/api/")
          && route.summary != "Take in alerts as Prometheus sends them.":
          #expect(route.access == (route.method == .get ? .readers : .responders), "\(words)")
        case _ where route.path.hasPrefix("/in/"): #expect(route.access == .intake, "\(words)")
        case "/api/v1/session" where route.method == .post: #expect(route.access == .anyone)
        case "/api/v1/session" where route.method == .get: #expect(route.access == .known)
        case _ where route.path.hasPrefix("/api/v1/session"): #expect(route.access == .session, "\(words)")
        case _ where route.path.contains(/^\/api\/v1\/(tokens|users|audit-log)/):
          #expect(route.access == .admins, "\(words)")
        case _ where route.path.hasPrefix("/api/v1/notify-rules/") && route.method != .get:
          #expect(route.access == .admins)
        case "/api/v1/timeline/verification", "/api/v1/test-messages": #expect(route.access == .admins)
        // A rule's targets may hold secrets, such as a webhook's address.
        case _ where route.path.hasPrefix("/api/v1/notify-rules"): #expect(route.access == .responders)
        case _ where route.path.hasPrefix("/api/v1/"):
          #expect(route.access == (route.method == .get ? .readers : .responders), "\(words)")
        default: Issue.record("\(words) is not in this table")
        }
      }
    }
  }

  @Test func `A refusal for want of a role is in the audit log`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let answer = try await bench.send(.get, "/api/v1/tokens", token: bench.token(.viewer))
      #expect(answer.status == 403)
      let entry = try #require(try await bench.incidents.auditEntries().items.first)
      #expect(entry.action == .accessDenied && entry.actor == "the viewer" && entry.subject == "GET /api/v1/tokens")
    }
  }

  /// The status of a refusal; nil for being let in.
  private static func expected(_ route: Route, _ identity: Identity) -> Int? {
    let roles: Set<Role>
    switch route.access {
    // A page sends those whom it does not know to sign in; a form has to be sent again.
    case .people,
      .session where !route.path.hasPrefix("/api/"):
      return identity.role == nil ? (route.method == .get ? 303 : 401) : 403
    case .anyone, .signed: return nil
    case .session: return identity.role == nil ? 401 : 403
    case .intake: roles = [.ingest, .responder, .admin]
    // Requests of this test come from nowhere, so not from this machine.
    case .local: roles = [.viewer, .responder, .admin]
    case .roles(let declared): roles = declared
    }
    guard let role = identity.role else { return 401 }
    return roles.contains(role) ? nil : 403
  }

  private static func identities(_ bench: TestBench) async throws -> [Identity] {
    let incidents = bench.incidents
    let expired = try await incidents.createToken(
      name: "expired", role: .admin, expiresAt: incidents.database.now().addingTimeInterval(0.002)
    ).secret
    let revoked = try await incidents.createToken(name: "revoked", role: .admin)
    try await incidents.revokeToken(revoked.token.tokenGuid)
    try await Task.sleep(for: .milliseconds(20))
    bench.clock.advance(by: 1)
    var identities = [
      Identity(name: "nobody", header: nil), Identity(name: "another scheme", header: "Digest x"),
      Identity(name: "no secret", header: "Bearer"), Identity(name: "junk", header: "Bearer \u{E9}\u{E9}"),
      Identity(name: "unknown", header: "Bearer tocsin_" + String(repeating: "0", count: 64)),
      Identity(name: "expired", header: "Bearer \(expired)"),
      Identity(name: "revoked", header: "Bearer \(revoked.secret)"),
    ]
    for role in Role.allCases {
      let secret = try await bench.token(role)
      identities.append(Identity(name: role.rawValue, header: "Bearer \(secret)", role: role))
      let pair = Data("anybody:\(secret)".utf8).base64EncodedString()
      identities.append(Identity(name: "\(role.rawValue) by password", header: "Basic \(pair)", role: role))
    }
    return identities
  }
}
