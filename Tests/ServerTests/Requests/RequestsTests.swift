import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only: this is about HTTP, which no engine decides.
@Suite struct RequestsTests {
  private static let safe = [
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  ]

  @Test(arguments: ["a", "A.b_c-9", String(repeating: "x", count: 128), "018f-4c"])
  func `A sender's own request id is kept`(_ id: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      let answer = try await bench.send(.get, "/nowhere", [.requestID: id])
      #expect(answer.headers[.requestID] == id)
      #expect(answer.json["request_id"] == .string(id))
    }
  }

  @Test(arguments: ["", String(repeating: "x", count: 129), "a b", "a\"b", "é", "a,b", "<x>", "{}"])
  func `What is no request id is replaced by one`(_ id: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      let answers = [
        try await bench.send(.get, "/nowhere", [.requestID: id]), try await bench.send(.get, "/nowhere"),
      ]
      let ids = answers.compactMap { $0.headers[.requestID] }
      #expect(ids.allSatisfy { UUID(uuidString: $0) != nil } && Set(ids).count == 2)
      #expect(answers[0].json["request_id"] == .string(ids[0]))
    }
  }

  @Test(arguments: [("/healthz", 200), ("/nowhere", 404), ("/in/alertmanager", 405), ("/openapi.json", 200)])
  func `Every answer keeps browsers from making more of it`(_ path: String, _ status: Int) async throws {
    try await TestDatabase.sqlite.run { bench in
      let answer = try await bench.send(.get, path)
      #expect(answer.status == status)
      for (name, value) in Self.safe { #expect(answer.headers[try #require(HTTPField.Name(name))] == value, "\(name)") }
      #expect(answer.headers[.strictTransportSecurity] == nil)
      let encrypted = try await bench.send(.get, path, in: Routes.Surroundings(isEncrypted: true))
      #expect(encrypted.headers[.strictTransportSecurity] == "max-age=31536000")
    }
  }

  @Test func `HEAD is answered wherever GET is, with the same head and no body`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let token = try await bench.token(.admin)
      for path in ["/healthz", "/openapi.json", "/docs", "/api/v1/incidents", "/api/v1/incidents/nope", "/metrics"] {
        let get = try await bench.send(.get, path, token: token)
        let head = try await bench.send(.head, path, token: token)
        #expect(head.status == get.status && head.text.isEmpty, "\(path)")
        #expect(head.headers[.contentType] == get.headers[.contentType], "\(path)")
      }
      #expect(try await bench.send(.head, "/api/v1/incidents").status == 401)
      #expect(try await bench.send(.head, "/nowhere").status == 404)
      #expect(try await bench.send(.head, "/in/alertmanager").status == 405)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/in/alertmanager", "POST, OPTIONS"), (.delete, "/healthz", "GET, HEAD, OPTIONS"),
    (.put, "/in/sms/status", "POST, OPTIONS"), (.trace, "/readyz", "GET, HEAD, OPTIONS"),
    (.patch, "/api/v1/incidents", "GET, HEAD, POST, OPTIONS"),
  ])
  func `Another method is refused with those that are allowed`(
    _ method: HTTPRequest.Method, _ path: String, _ allowed: String
  ) async throws {
    try await TestDatabase.sqlite.run { bench in
      let answer = try await bench.send(method, path)
      #expect(answer.status == 405)
      #expect(answer.headers[.allow] == allowed)
      #expect(answer.headers[.contentType] == "application/problem+json")
      #expect(answer.json["code"] == .string("method_not_allowed"))
      let options = try await bench.send(.options, path)
      #expect(options.status == 204)
      #expect(options.headers[.allow] == allowed)
      #expect(!options.headers.contains { $0.name.canonicalName.hasPrefix("access-control-") })
    }
  }

  @Test func `A preflight of another site's page is told nothing that would let it in`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let headers: HTTPFields = [.origin: "https://evil.example", .accessControlRequestMethod: "POST"]
      let answer = try await bench.send(.options, "/api/v1/incidents", headers)
      #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control-") })
    }
  }
}

extension TestBench {
  fileprivate func send(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields) async throws -> HTTPAnswer
  {
    try await send(method, path, nil, token: nil, headers)
  }
}
