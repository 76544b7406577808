import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct GrafanaDoorTests {
  private static let alert = """
    {"version": "1", "groupKey": "g", "orgId": 1, "status": "firing", "alerts": [{"status": "firing",
     "labels": {"alertname": "DiskFull", "severity": "critical"}, "annotations": {"summary": "Disk full on db1"},
     "startsAt": "2026-11-21T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "abc", "panelURL": ""}]}
    """

  private static func settings(timestampHeader: String? = nil) -> Incidents.Settings {
    var settings = Incidents.Settings.quick
    settings.grafanaSignature = GrafanaSignature(secret: "s3cr3t-of-grafana", timestampHeader: timestampHeader)
    return settings
  }

  private static func signed(_ text: String, _ secret: String = "s3cr3t-of-grafana") -> HTTPFields {
    let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
    return [HTTPField.Name("X-Grafana-Alerting-Signature")!: code.map { String(format: "%02x", $0) }.joined()]
  }

  @Test(arguments: [HTTPRequest.Method.post, .put], TestDatabase.all)
  func `Without a secret a token is needed, by POST and by PUT`(_ method: HTTPRequest.Method, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let token = try await bench.token(.ingest)
      let answer = try await bench.send(method, "/in/grafana", Self.alert, token: token)
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(answer.status == 200 && answer.json["opened"][0] == .string(incident.incidentGuid))
      #expect(incident.title == "Disk full on db1")
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
      #expect(try await bench.send(method, "/in/grafana", Self.alert).status == 401)
      #expect(try await bench.send(method, "/in/grafana", Self.alert, Self.signed(Self.alert)).status == 401)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `With a secret the signature is the credential, and nothing else is`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings()) { bench in
      let log = PrintedLog()
      let surroundings = Routes.Surroundings(logger: Logger(label: "test") { _ in log })
      // Before the first token too.
      #expect(try await bench.send(.post, "/in/grafana", Self.alert).status == 401)
      let token = try await bench.token(.admin)
      for headers in [[:], Self.signed(Self.alert + " "), Self.signed(Self.alert, "other"), Self.signed("")] {
        let answer = try await bench.send(.post, "/in/grafana", Self.alert, token: token, headers, in: surroundings)
        #expect(answer.status == 401 && !answer.text.contains("s3cr3t"))
        #expect(answer.headers[.contentType] == "application/problem+json")
      }
      #expect(try await bench.incidents.alerts().items.isEmpty)
      for method in [HTTPRequest.Method.post, .put] {
        let answer = try await bench.send(method, "/in/grafana", Self.alert, Self.signed(Self.alert), in: surroundings)
        #expect(answer.status == 200)
      }
      #expect(try await bench.incidents.alerts().items.map(\.count) == [2])
      #expect(!log.text.isEmpty && !log.text.contains("s3cr3t"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `With a timestamp an old delivery cannot be sent again`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings(timestampHeader: "X-Grafana-Time")) { bench in
      let time = String(Int(bench.incidents.database.now().timeIntervalSince1970))
      var headers = Self.signed("\(time):\(Self.alert)")
      headers[HTTPField.Name("X-Grafana-Time")!] = time
      let inTime = try await bench.send(.post, "/in/grafana", Self.alert, headers)
      bench.clock.advance(by: 302)
      let late = try await bench.send(.post, "/in/grafana", Self.alert, headers)
      let timeless = try await bench.send(.post, "/in/grafana", Self.alert, Self.signed(Self.alert))
      #expect(inTime.status == 200 && late.status == 401 && timeless.status == 401)
      let counts = try await bench.incidents.alerts().items.map(\.count)
      #expect(counts == [1])
    }
  }

  @Test(arguments: [
    ("", 400), ("{", 400), ("[]", 422), ("{}", 422), (#"{"version":"4","groupKey":"g","alerts":[]}"#, 422),
    (#"{"version":"1","groupKey":"g","alerts":[{}]}"#, 422), (#"{"version":"1","groupKey":1,"alerts":[]}"#, 422),
    (String(repeating: " ", count: Limits.largestBody + 1), 413),
  ])
  func `A bad body is refused with a problem, signed or not`(_ body: String, _ status: Int) async throws {
    for settings in [Incidents.Settings.quick, Self.settings()] {
      try await TestDatabase.runEach(settings: settings) { bench in
        let token = try await bench.token(.ingest)
        let answer = try await bench.send(.post, "/in/grafana", body, token: token, Self.signed(body))
        #expect(answer.status == status && answer.headers[.contentType] == "application/problem+json")
        #expect(try await bench.incidents.alerts().items.isEmpty)
      }
    }
  }
}
