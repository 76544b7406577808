import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct IntakeRoutesTests {
  private static let alert = """
    {"version": "4", "groupKey": "g", "status": "firing", "alerts": [{"status": "firing",
     "labels": {"alertname": "DiskFull", "severity": "critical", "service": "DATABASE"},
     "annotations": {"summary": "Disk full on db1"}, "startsAt": "2026-11-21T10:00:00Z", "fingerprint": "abc"}]}
    """

  @Test(arguments: TestDatabase.all)
  func `An alert that is answered with 200 is on record, with its incident`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let answer = try await bench.post(Self.alert)
      #expect(answer.status == .ok)
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.title == "Disk full on db1")
      #expect(incident.severity == .critical)
      #expect(incident.package == "DATABASE")
      #expect(answer.text == #"{"opened":["\#(incident.incidentGuid)"],"received":1}"# + "\n")
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(
    arguments: [
      ("", "malformed", 400), ("{", "malformed", 400), ("null", "invalid", 422), ("[]", "invalid", 422),
      ("[null]", "invalid", 422), ("\"x\"", "invalid", 422), ("{}", "invalid", 422),
      (#"{"version": 4, "groupKey": "g", "alerts": []}"#, "invalid", 422),
      (#"{"version": "3", "groupKey": "g", "alerts": []}"#, "invalid", 422),
      (#"{"version": "4", "groupKey": "g", "alerts": [null]}"#, "invalid", 422),
      (#"{"version": "4", "groupKey": "g", "alerts": [{}]}"#, "invalid", 422),
      (
        #"{"version": "4", "groupKey": "g", "alerts": [{"status": "odd", "labels": {}, "startsAt": "2026-11-21T10:00:00Z"}]}"#,
        "invalid", 422
      ),
      (
        #"{"version": "4", "groupKey": "g", "alerts": [{"status": "firing", "labels": {}, "startsAt": "yesterday"}]}"#,
        "invalid", 422
      ),
      (
        #"{"version": "4", "groupKey": "g", "alerts": [{"status": "firing", "labels": {"a": 1}, "startsAt": "x"}]}"#,
        "invalid", 422
      ),
      ("\u{0}", "malformed", 400), (String(repeating: "[", count: 100_000), "malformed", 400),
      (String(repeating: "{\"a\":", count: 65) + "1" + String(repeating: "}", count: 65), "malformed", 400),
    ])
  func `A bad body is refused with a problem that says why, and nothing is written`(
    _ body: String, _ code: String, _ status: Int
  ) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.post(body)
      #expect(answer.status.code == status)
      #expect(answer.contentType == "application/problem+json")
      #expect(try answer.object()["code"] as? String == code)
      #expect(try answer.object()["status"] as? Int == status)
      #expect(!answer.text.contains("Swift") && !answer.text.contains("CodingKeys"))
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Bytes that are no UTF-8 are refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let body = ByteBuffer(
        bytes: Array(Self.alert.utf8.prefix(140)) + [0xFF, 0xFE] + Array(Self.alert.utf8.dropFirst(140)))
      let answer = try await bench.post(body)
      #expect(answer.status == .badRequest)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A body of exactly 1 MiB is read, one byte more is refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let rest = Limits.largestBody - Self.alert.utf8.count
      #expect(try await bench.post(Self.alert + String(repeating: " ", count: rest)).status == .ok)
      let answer = try await bench.post(Self.alert + String(repeating: " ", count: rest + 1))
      #expect(answer.status == .contentTooLarge)
      #expect(try answer.object()["code"] as? String == "too_large")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert whose texts are too long or hold NULs is kept all the same`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let long = String(repeating: "漢", count: 30_000)
      let body = """
        {"version": "4", "groupKey": "\(long)", "alerts": [{"status": "firing", "labels": {"alertname": "a",
         "severity": "critical", "service": "\(long)"}, "annotations": {"summary": "\(long)", "description": "x\\u0000\(long)"},
         "startsAt": "2026-11-21T10:00:00Z", "fingerprint": "abc"}]}
        """
      #expect(try await bench.post(body).status == .ok)
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.title.unicodeScalars.count == 255)
      #expect(incident.package.unicodeScalars.count == 100)
      #expect((incident.description?.utf8.count ?? .max) <= 65_536)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Unknown addresses and methods get a problem document`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for (method, path) in [(HTTPRequest.Method.get, "/nowhere"), (.get, "/in"), (.post, "/in/pigeon")] {
        let answer = try await bench.request(method, path)
        #expect(answer.status == .notFound)
        #expect(answer.contentType == "application/problem+json")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Health and readiness answer without a token`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await bench.incidents.createToken(name: "t", role: .ingest)
      #expect(try await bench.request(.get, "/healthz").status == .ok)
      #expect(try await bench.request(.get, "/readyz").status == .ok)
      #expect(try await bench.post(Self.alert).status == .unauthorized)
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.all)
  func `A database that takes no writes is not ready, though it can be read`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      async let longWrite: Void = bench.incidents.database.write { _ in
        begun.signal()
        end.wait()
      }
      begun.wait()
      let answer = try await bench.request(.get, "/readyz")
      #expect(answer.status == .serviceUnavailable)
      #expect(try answer.object()["code"] as? String == "unavailable")
      #expect(try await bench.request(.get, "/healthz").status == .ok)
      end.signal()
      try await longWrite
      #expect(try await bench.request(.get, "/readyz").status == .ok)
    }
  }

  @Test(arguments: [
    ("Bearer SECRET", 200), ("bearer SECRET", 200), ("Basic BASIC", 200), ("Bearer SECRETx", 401), ("Bearer", 401),
    ("Basic !!!", 401), ("Digest SECRET", 401), ("", 401),
  ])
  func `A token comes as bearer token or as basic-auth password`(_ header: String, _ status: Int) async throws {
    try await TestDatabase.runEach { bench in
      let secret = try await bench.incidents.createToken(name: "t", role: .ingest).secret
      let basic = Data("anybody:\(secret)".utf8).base64EncodedString()
      let value = header.replacing("SECRET", with: secret).replacing("BASIC", with: basic)
      let answer = try await bench.post(Self.alert, authorization: value)
      #expect(answer.status.code == status)
      if status == 401 { #expect(answer.headers[.wwwAuthenticate]?.isEmpty == false) }
      #expect(!answer.text.contains(secret))
    }
  }
}

/// An answer as a client sees it.
struct Answer {
  let status: HTTPResponse.Status
  let headers: HTTPFields
  let text: String

  var contentType: String? { headers[.contentType] }

  func object() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }
}

extension TestBench {
  /// - Parameter headers: beside, or instead of, those of a monitoring system.
  func post(_ body: String, authorization: String? = nil, _ headers: HTTPFields = [:]) async throws -> Answer {
    var headers = headers
    if let authorization { headers[.authorization] = authorization }
    return try await post(ByteBuffer(string: body), headers)
  }

  func post(_ body: ByteBuffer, _ headers: HTTPFields = [:]) async throws -> Answer {
    var all: HTTPFields = [.contentType: "application/json"]
    for field in headers { all[field.name] = field.value }
    return try await request(.post, "/in/alertmanager", body, all)
  }

  /// Sends one request through the routes, without a socket.
  func request(
    _ method: HTTPRequest.Method, _ path: String, _ body: ByteBuffer = ByteBuffer(), _ headers: HTTPFields = [:]
  ) async throws -> Answer {
    let application = Application(router: Routes.router(incidents, logger: Logger(label: "test")))
    return try await application.test(.router) { client in
      try await client.execute(uri: path, method: method, headers: headers, body: body) { response in
        Answer(status: response.status, headers: response.headers, text: String(buffer: response.body))
      }
    }
  }
}
