import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Testing
import Tocsin

@testable import Server

/// Websites that the operator visits must not reach the intake by the operator's browser.
@Suite struct ForeignSiteTests {
  // On SQLite only: this is about HTTP, which no engine decides.
  private static let alerts = #"{"version": "4", "groupKey": "g", "alerts": []}"#

  @Test(arguments: [
    ("application/json", 200), ("Application/JSON; charset=utf-8", 200), ("application/cloudevents+json", 200),
    ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415),
    ("", 415),
    ("application/jsonp", 415), ("text/plain; x=application/json", 415),
  ])
  func `Only what is said to be JSON is taken`(_ type: String, _ status: Int) async throws {
    try await TestDatabase.sqlite.run { bench in
      let answer = try await bench.post(Self.alerts, [.contentType: type])
      #expect(answer.status.code == status)
      guard status != 200 else { return }
      #expect(answer.contentType == "application/problem+json")
      #expect(try answer.object()["code"] as? String == "unsupported_media_type")
      #expect(answer.text.contains("application/json"))
    }
  }

  @Test(arguments: [
    ("origin", "https://evil.example", 403), ("origin", "null", 403), ("origin", "http://localhost:3000", 403),
    ("origin", "http://localhost", 200), ("origin", "localhost", 403), ("origin", "", 403),
    ("sec-fetch-site", "cross-site", 403), ("sec-fetch-site", "Cross-Site", 403), ("sec-fetch-site", "none", 200),
    ("sec-fetch-site", "same-origin", 200),
  ])
  func `A browser that says that another site sends this is refused, with and without a token`(
    _ name: String, _ value: String, _ status: Int
  ) async throws {
    try await TestDatabase.sqlite.run { bench in
      let headers: HTTPFields = [try #require(HTTPField.Name(name)): value]
      #expect(try await bench.post(Self.alerts, headers).status.code == status)
      let secret = try await bench.incidents.createToken(name: "t", role: .ingest).secret
      #expect(try await bench.post(Self.alerts, authorization: "Bearer \(secret)", headers).status.code == status)
    }
  }

  @Test(arguments: [
    ("localhost", 200), ("LOCALHOST:8420", 200), ("127.0.0.1:8420", 200), ("127.1.2.3", 200), ("[::1]:8420", 200),
    ("evil.example:8420", 403), ("127.0.0.1.evil.example:8420", 403), ("127.evil.example", 403), ("10.0.0.1:8420", 403),
    ("localhost.evil.example", 403), ("", 403),
  ])
  func `Without a token only names of this machine itself lead in`(_ host: String, _ status: Int) {
    let head = HTTPRequest(method: .post, scheme: "http", authority: host, path: "/in/alertmanager")
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    if status == 200 {
      #expect(throws: Never.self) { try request.requireLoopbackHost() }
    } else {
      #expect(throws: Failure.self) { try request.requireLoopbackHost() }
    }
  }
}
