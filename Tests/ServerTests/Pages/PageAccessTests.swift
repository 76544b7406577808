import API
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Tocsin

@testable import Server

/// Every route of the pages, on a database that is full: who gets in, and that nothing is changed by a look, by a stranger's
/// page, or by somebody who may only look.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PageAccessTests {
  // On SQLite only: this is about HTTP, which no engine decides.

  /// Failure: a scanner that follows the links of a message acknowledges an incident.
  @Test func `Looking changes nothing, whoever looks`() async throws {
    try await Self.onFullBench { bench, addresses in
      let looks = try bench.pages.filter { $0.method == .get }.map { try addresses.of($0) }
      #expect(looks.count > 25)
      for role in [Role.viewer, .responder, .admin] {
        let (cookie, _) = try await bench.enter(role)
        let before = try await bench.whatCounts()
        try await bench.served { send in
          for address in looks {
            for query in ["", "?search=x&status=all&ref=\(addresses.ref)&cursor=x&view=all&panel=close&into=x&said=x"] {
              let status = try await send(.get, address + query, nil, cookie)
              #expect(status < 500, "\(address)\(query)")
              _ = try await send(.head, address + query, nil, cookie)
            }
          }
        }
        let after = try await bench.whatCounts()
        #expect(after.keys.filter { after[$0] != before[$0] } == [], "looked at by a \(role)")
      }
    }
  }

  @Test func `No form of a page is taken from another site's page, nor without this very session's token`()
    async throws
  {
    try await Self.onFullBench { bench, addresses in
      let (cookie, token) = try await bench.enter(.admin)
      let (_, others) = try await bench.enter(.responder)
      let forms = bench.pages.filter { $0.method != .get }
      #expect(forms.count > 25)
      let signs: [(String, HTTPFields)] = [
        ("csrf_token=\(token)", [.origin: "https://evil.example"]), ("csrf_token=\(token)", [.origin: "null"]),
        ("csrf_token=\(token)", [.fetchSite: "cross-site"]), ("csrf_token=\(token)", [.fetchSite: "same-site"]),
        ("csrf_token=\(token)", [.origin: "http://localhost", .fetchSite: "cross-site"]), ("", [:]),
        ("csrf_token=", [:]), ("csrf_token=\(others)", [:]), ("x=\(token)", [:]),
        ("csrf_token=\(token)", [.contentType: "text/plain"]),
      ]
      let before = try await bench.whatCounts()
      try await bench.served { send in
        for form in forms {
          let address = try addresses.of(form)
          for (body, sign) in signs {
            // Who signs in or makes the first user has no session yet, and so no token: those only take no other site.
            let isForeign = sign[.origin] != nil || sign[.fetchSite] == "cross-site"
            guard isForeign || form.needsSomebody else { continue }
            let status = try await send(.post, address, body, cookie + Self.form + sign)
            #expect(status == 403, "\(form.path) \(body.prefix(12)) \(sign)")
          }
        }
      }
      let after = try await bench.whatCounts()
      #expect(after.keys.filter { after[$0] != before[$0] } == [])
    }
  }

  @Test func `Who has not the role is refused, and nothing is changed`() async throws {
    try await Self.onFullBench { bench, addresses in
      for role in [Role.viewer, .responder] {
        let (cookie, token) = try await bench.enter(role)
        let others = bench.pages.filter { !$0.letsIn(role) }
        #expect(others.count > (role == .viewer ? 25 : 10))
        let before = try await bench.whatCounts()
        try await bench.served { send in
          for route in others {
            let address = try addresses.of(route)
            let body = route.method == .get ? nil : "csrf_token=\(token)"
            let status = try await send(route.method.http, address, body, cookie + (body == nil ? [:] : Self.form))
            #expect(status == 403, "\(route.method.rawValue) \(route.path) by a \(role)")
          }
        }
        let after = try await bench.whatCounts()
        #expect(after.keys.filter { after[$0] != before[$0] } == [], "by a \(role)")
      }
    }
  }

  @Test func `Who is not signed in is sent to sign in, and changes nothing`() async throws {
    try await Self.onFullBench { bench, addresses in
      let before = try await bench.whatCounts()
      try await bench.served { send in
        for route in bench.pages where route.needsSomebody {
          let status = try await send(
            route.method.http, addresses.of(route), route.method == .get ? nil : "x=y",
            route.method == .get ? [:] : Self.form)
          #expect(status == (route.method == .get ? 303 : 401), "\(route.method.rawValue) \(route.path)")
        }
      }
      let after = try await bench.whatCounts()
      #expect(after.keys.filter { after[$0] != before[$0] } == [])
    }
  }

  /// The counterpart: with role and token, none of them is refused, so that the refusals above have a reason.
  @Test func `With role and token every route lets people in`() async throws {
    try await Self.onFullBench { bench, addresses in
      for route in bench.pages where route.needsSomebody {
        // Anew for each, since some of them end sessions.
        let (cookie, token) = try await bench.enter(.admin)
        try await bench.served { send in
          let body = route.method == .get ? nil : "csrf_token=\(token)"
          let status = try await send(
            route.method.http, addresses.of(route), body, cookie + (body == nil ? [:] : Self.form))
          #expect(
            ![401, 403, 405].contains(status) && status < 500, "\(route.method.rawValue) \(route.path): \(status)")
        }
      }
    }
  }

  private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

  private static func onFullBench(_ body: (TestBench, Addresses) async throws -> Void) async throws {
    try await TestDatabase.sqlite.run(channels: TestBench.channelsToFill, settings: TestBench.settingsToFill) { bench in
      try await bench.fill(incidents: 4)
      for role in [Role.viewer, .responder, .admin] { try await bench.user("page \(role.rawValue)", role) }
      try await body(bench, Addresses(bench))
    }
  }
}

/// An address of each route that leads to something which is there.
private struct Addresses {
  let ref: String
  private var values: [String: String] = [:]

  init(_ bench: TestBench) async throws {
    let incidents = bench.incidents
    let told = try await incidents.list().items
    var refs: [String] = []
    for incident in told where refs.isEmpty {
      refs = try await incidents.communications(of: incident.incidentGuid).map(\.shortRef)
    }
    ref = try #require(refs.first)
    let user = try await incidents.user("Bernd Größe")
    let id = try #require(told.first).incidentGuid
    let note = try await incidents.addNote(id, type: .general, content: "a note", by: "ana")
    values = [
      "id": id, "note": note.noteGuid, "ref": ref, "code": "ALL", "name": "sms", "heartbeat": "backup",
      "alert": try #require(try await incidents.alerts().items.first).alertGuid,
      "silence": try #require(try await incidents.silences().items.first).silenceGuid, "user": user.userGuid,
      "token": try #require(try await incidents.tokens().first).tokenGuid,
      "session_guid": try #require(try await incidents.sessions(of: "ana").first).sessionGuid,
    ]
  }

  func of(_ route: Route) throws -> String {
    var path = route.path
    for match in route.path.matches(of: /\{(\w+)\}/) {
      let value = try #require(values[String(match.1)], "this test knows no value for \(match.0) of \(route.path)")
      path = path.replacing(match.0, with: value)
    }
    return path
  }
}

extension Route {
  /// What needs a role that somebody has not.
  fileprivate func letsIn(_ role: Role) -> Bool {
    guard case .people(let roles) = access else { return true }
    return roles.contains(role)
  }
}

extension TestBench {
  fileprivate var pages: [Route] { Routes.table(incidents, Routes.Surroundings()).pages }

  /// Signs somebody of this role in: the cookie, and the token of the session.
  fileprivate func enter(_ role: Role) async throws -> (HTTPFields, String) {
    var browser = Browser()
    let token = try await signIn("page \(role.rawValue)", &browser)
    return (browser.headers, token)
  }

  /// All rows, except that a refusal is on record.
  fileprivate func whatCounts() async throws -> [String: [String]] {
    var tables = try await everything()
    // A refusal is on record, so the head of that record moves, and it is counted how many there were.
    tables["tocsin_audit"]?.removeAll { $0.contains("ACCESS_DENIED") }
    tables["tocsin_audit_head"] = nil
    tables["tocsin_throttle"] = nil
    return tables
  }
}
