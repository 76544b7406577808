import HTTPTypes
import NIOCore
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct CallbackRoutesTests {
  private static let good = HTTPFields([HTTPField(name: HTTPField.Name("Signature")!, value: "good")])

  @Test(arguments: TestDatabase.all)
  func `A vendor's callback moves its message on, without a token and whatever its content type`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())]) { bench in
      _ = try await bench.incidents.createToken(name: "t", role: .ingest)
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SMS")
      let id = try #require(
        try await bench.incidents.notify(guid, notifyCode: "R").communications.first?.externalId)
      for type in ["application/x-www-form-urlencoded", "text/plain", ""] {
        let answer = try await bench.callback("/in/sms/status", "\(id) delivered", Self.good, type: type)
        #expect(answer.status == .noContent && answer.text.isEmpty)
      }
      #expect(try await bench.incidents.communications(of: guid).map(\.status) == ["DELIVERED"])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What is not the vendor's, or cannot be read, is refused with a problem`(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())]) { bench in
      for (path, body, headers, status, code) in [
        ("/in/sms/status", "x delivered", HTTPFields(), 401, "unauthenticated"),
        ("/in/sms/status", "x", Self.good, 400, "malformed"), ("/in/sms/status", "", Self.good, 400, "malformed"),
        ("/in/pigeon/status", "x delivered", Self.good, 404, "not_found"),
        ("/in/SMS/status", "x delivered", Self.good, 404, "not_found"),
        ("/in/%00/status", "x delivered", Self.good, 404, "not_found"),
      ] {
        let answer = try await bench.callback(path, body, headers)
        #expect(answer.status.code == status, "\(path) \(body)")
        #expect(answer.contentType == "application/problem+json")
        #expect(answer.text.contains("\"code\":\"\(code)\""))
      }
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_delivery_report") == 0)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A channel that takes no callbacks has no such address`(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<EmailName>(FakeVendor())]) { bench in
      let answer = try await bench.callback("/in/email/status", "x", Self.good)
      #expect(answer.status == .notFound)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A body of 64 KiB is read, one byte more is refused`(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [ReportingChannel(FakeVendor())]) { bench in
      let body = "x delivered"
      let rest = CallbackRoutes.largestBody - body.utf8.count
      let fits = try await bench.callback("/in/sms/status", String(repeating: " ", count: rest) + body, Self.good)
      #expect(fits.status == .noContent)
      let answer = try await bench.callback("/in/sms/status", String(repeating: " ", count: rest + 1) + body, Self.good)
      #expect(answer.status == .contentTooLarge)
      #expect(answer.text.contains("64 KiB"))
    }
  }
}

extension TestBench {
  fileprivate func callback(
    _ path: String, _ body: String, _ headers: HTTPFields, type: String = "application/x-www-form-urlencoded"
  ) async throws -> Answer {
    var headers = headers
    if !type.isEmpty { headers[.contentType] = type }
    return try await request(.post, path, ByteBuffer(string: body), headers)
  }
}
