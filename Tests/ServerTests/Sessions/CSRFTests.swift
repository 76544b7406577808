import API
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

/// A page of another site makes its visitor's browser send whatever it likes, with our cookies.
@Suite struct CSRFTests {
  // On SQLite only: this is about HTTP, which no engine decides.
  private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

  @Test func `No route that changes anything takes what another site's page sends, whoever is signed in`() async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let token = try await bench.token(.admin)
      let changes = bench.routes.filter { $0.method != .get }
      #expect(changes.count > 20)
      let before = try await bench.everything()
      let foreign: [HTTPFields] = [
        [.origin: "https://evil.example"], [.origin: "null"], [.origin: "http://localhost.evil.example"],
        [.fetchSite: "cross-site"], [.origin: "http://localhost", .fetchSite: "cross-site"],
      ]
      let credentials = [[:], [.authorization: "Bearer \(token)"], browser.headers + [.csrfToken: csrf]]
      let types: [HTTPFields] = [Self.form, [.contentType: "application/json"], [.contentType: "text/plain"]]
      try await bench.served { send in
        for route in changes {
          for (sign, credential, type) in foreign.flatMap({ sign in
            credentials.flatMap { credential in types.map { (sign, credential, $0) } }
          }) {
            let status = try await send(route.method.http, route.sample, "csrf_token=\(csrf)", sign + credential + type)
            #expect(status == 403, "\(route.method.rawValue) \(route.path) \(sign) \(type)")
          }
        }
      }
      #expect(try await bench.everything() == before)
    }
  }

  @Test func `With a session, every change needs the token of that very session`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      try await bench.user("eve", .admin)
      var (browser, eve) = (Browser(), Browser())
      let csrf = try await bench.signIn("root", &browser)
      let others = try await bench.signIn("eve", &eve)
      let before = try await bench.everything()
      let (cookie, changes) = (browser.headers, bench.routes.filter { $0.method != .get && $0.needsSomebody })
      try await bench.served { send in
        for route in changes {
          for sign: HTTPFields in [
            [:], Self.form, [.csrfToken: ""], [.csrfToken: others], [.csrfToken: csrf.uppercased()],
            [.csrfToken: csrf, .fetchSite: "same-site"],
          ] {
            let body = sign == Self.form ? "csrf_token=\(others)" : nil
            let status = try await send(route.method.http, route.sample, body, cookie + sign)
            #expect(status == 403, "\(route.method.rawValue) \(route.path) \(sign)")
          }
        }
      }
      #expect(try await bench.everything() == before)
    }
  }

  @Test func `The token is taken from the header, and from a field of a form`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user()
      var browser = Browser()
      let csrf = try await bench.signIn(&browser)
      let byHeader = try await bench.send(.delete, "/api/v1/sessions", by: &browser, csrf: csrf)
      #expect(byHeader.status == 200)
      let byForm = try await bench.send(.delete, "/api/v1/sessions", "csrf_token=\(csrf)", by: &browser, Self.form)
      #expect(byForm.status == 200)
    }
  }

  /// Failure: a link, or a picture's address, does something.
  @Test func `Nothing is changed by GET`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      try await bench.signIn("root", &browser)
      let guid = try await bench.incident().incidentGuid
      let before = try await bench.everything()
      let (cookie, looks) = (browser.headers, bench.routes.filter { $0.method == .get })
      try await bench.served { send in
        // The stream of events does not end by itself.
        for route in looks where route.path != "/api/v1/events" {
          let path = route.sample.replacing("/incidents/x", with: "/incidents/\(guid)")
          _ = try await send(.get, path + "?secret=x&state=x&code=x", nil, cookie)
          _ = try await send(.get, path, nil, cookie)
        }
      }
      #expect(try await bench.everything() == before)
    }
  }

  @Test func `A form over 64 KiB is refused, and one with a field twice`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let long = "name=" + String(repeating: "x", count: Request.largestForm)
      for (body, status) in [(long, 413), ("name=a&name=b", 400), ("name=%FF", 400)] {
        let answer = try await bench.send(.post, "/login", body, Self.form)
        #expect(answer.status == status)
      }
      #expect(try await bench.send(.post, "/login", "{}").status == 415)
    }
  }
}

extension Route {
  /// An address of the route.
  var sample: String { path.replacing(/\{\w+\}/, with: "x") }

  var needsSomebody: Bool { access != .anyone && access != .signed }
}

extension HTTPFields {
  static func + (first: HTTPFields, second: HTTPFields) -> HTTPFields {
    var fields = first
    for field in second { fields[field.name] = field.value }
    return fields
  }
}

extension TestBench {
  /// Sends a request, and returns the status of the answer.
  typealias Send = @Sendable (HTTPRequest.Method, String, String?, HTTPFields) async throws -> Int

  /// One server for many requests.
  func served(_ body: @escaping @Sendable (Send) async throws -> Void) async throws {
    let application = Application(router: Routes.table(incidents, Routes.Surroundings()).router)
    try await application.test(.router) { client in
      try await body { method, path, text, headers in
        let sent = text.map { ByteBuffer(string: $0) }
        return try await client.execute(uri: path, method: method, headers: headers, body: sent).status.code
      }
    }
  }

  var routes: [Route] { Routes.table(incidents, Routes.Surroundings()).routes }

  /// All rows of all tables.
  func everything() async throws -> [String: [String]] {
    try await incidents.database.read { transaction in
      let names = try transaction.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tocsin_search%'"
      ).map { try $0.text("name") }
      return try Dictionary(
        uniqueKeysWithValues: names.map { name in
          (name, try transaction.rows("SELECT * FROM \(name)").map { "\($0)" }.sorted())
        })
    }
  }
}
