import Foundation
import HTTPTypes
import Hummingbird
import Logging
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct PagerDutyDoorTests {
  static func event(_ action: String = "trigger", key: String? = "k", routingKey: String?) -> String {
    let routing = routingKey.map { #""routing_key":"\#($0)","# } ?? ""
    let dedup = key.map { #""dedup_key":"\#($0)","# } ?? ""
    return """
      {\(routing)\(dedup)"event_action":"\(action)",
       "payload":{"summary":"Disk full","source":"db1","severity":"critical","component":"DATABASE"}}
      """
  }

  private static let path = "/in/pagerduty/v2/enqueue"

  @Test(arguments: TestDatabase.all)
  func `Trigger, repetition, acknowledge and resolve leave the right state and timeline`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let key = try await bench.token(.ingest)
      for action in ["trigger", "trigger", "acknowledge", "acknowledge", "resolve", "resolve"] {
        let answer = try await bench.send(.post, Self.path, Self.event(action, routingKey: key))
        #expect(answer.status == 202)
        #expect(
          answer.text == #"{"dedup_key":"k","message":"Event processed","status":"success"}"# + "\n")
      }
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.title == "Disk full" && incident.severity == .critical && incident.package == "DATABASE")
      #expect(incident.status == .investigating)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.count == 2 && alert.status == .resolved && alert.acknowledgedBy == "pagerduty")
      #expect(
        try await bench.events(of: incident.incidentGuid)
          == [.incidentCreated, .alertLinked, .alertAcknowledged, .statusChange, .alertResolved])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A trigger without a key gets one that nobody else has`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let key = try await bench.token(.ingest)
      var keys: Set<String> = []
      for _ in 0..<20 {
        let answer = try await bench.send(.post, Self.path, Self.event(key: nil, routingKey: key))
        keys.insert(answer.json["dedup_key"].string ?? "")
      }
      #expect(keys.count == 20 && keys.allSatisfy { $0.count >= 32 })
      #expect(try await bench.incidents.alerts().items.count == 20)
    }
  }

  @Test(arguments: [
    (Role.ingest, 202), (.responder, 202), (.admin, 202), (.viewer, 403),
  ])
  func `A token is a routing key, in the body as in the header, if its role may send alerts`(
    _ role: Role, _ status: Int
  ) async throws {
    try await TestDatabase.runEach { bench in
      let token = try await bench.token(role)
      let answers = [
        try await bench.send(.post, Self.path, Self.event(routingKey: token)),
        try await bench.send(.post, Self.path, Self.event(routingKey: "R0UT1NG"), token: token),
        try await bench.send(.post, Self.path, Self.event(routingKey: nil), token: token),
      ]
      #expect(answers.allSatisfy { $0.status == status })
      #expect(try await bench.incidents.alerts().items.first?.count == (status == 202 ? 3 : nil))
      if status == 403 { #expect(answers.allSatisfy { $0.json["errors"].count == 1 && !$0.text.contains(token) }) }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A wrong key is refused as PagerDuty refuses it, nothing is written, and no key is logged`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let good = try await bench.token(.ingest)
      let revoked = try await bench.incidents.createToken(name: "r", role: .ingest)
      try await bench.incidents.revokeToken(revoked.token.tokenGuid)
      let log = PrintedLog()
      let surroundings = Routes.Surroundings(logger: Logger(label: "test") { _ in log })
      for key in ["wrong-secret-key", revoked.secret, String(repeating: "a", count: 32)] {
        let answer = try await bench.send(.post, Self.path, Self.event(routingKey: key), in: surroundings)
        #expect(answer.status == 400 && answer.json["status"] == "invalid event")
        #expect(answer.json["message"] == "Event object is invalid")
        #expect(answer.json["errors"][0].string?.hasPrefix("Invalid routing key") == true)
        #expect(!answer.text.contains(key) && !log.text.contains(key))
      }
      let nobody = try await bench.send(.post, Self.path, Self.event(routingKey: nil))
      #expect(nobody.status == 401 && nobody.json["errors"].count == 1)
      #expect(try await bench.incidents.alerts().items.isEmpty)
      let answer = try await bench.send(.post, Self.path, Self.event(routingKey: good), in: surroundings)
      #expect(answer.status == 202 && !log.text.isEmpty && !log.text.contains(good))
    }
  }

  @Test(arguments: [
    ("", 400), ("{", 400), ("[]", 400), ("null", 400), ("{}", 400), ("\u{0}", 400),
    (String(repeating: "[", count: 100_000), 400), (#"{"event_action":"explode"}"#, 400),
    (#"{"event_action":"trigger","payload":{"summary":"s"}}"#, 400), (#"{"event_action":"resolve"}"#, 400),
    (#"{"event_action":"resolve","dedup_key":{}}"#, 400), (String(repeating: " ", count: Limits.largestBody + 1), 413),
  ])
  func `A bad event is refused in PagerDuty's words, with what is wrong`(_ body: String, _ status: Int) async throws {
    try await TestDatabase.runEach { bench in
      let token = try await bench.token(.ingest)
      let answer = try await bench.send(.post, Self.path, body, token: token)
      #expect(answer.status == status && answer.headers[.contentType] == "application/json")
      #expect(answer.json["status"] == "invalid event" && answer.json["errors"].count == 1)
      #expect(!answer.text.contains("Swift"))
      // Who it comes from cannot be told before there is a limit to it.
      let nobody = try await bench.send(.post, Self.path, body)
      #expect(nobody.status == (status == 413 ? 413 : 401))
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }

  @Test(arguments: [nil, "R0UT1NG", "tocsin_none"], TestDatabase.all)
  func `Before the first token, any key of this machine's programs will do, and of nobody else's`(
    _ routingKey: String?, _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let event = Self.event(routingKey: routingKey)
      #expect(try await bench.send(.post, Self.path, event).status == 202)
      let passedOn: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: "192.0.2.1"]
      #expect([400, 401].contains(try await bench.send(.post, Self.path, event, passedOn).status))
      _ = try await bench.token(.viewer)
      #expect(try await bench.send(.post, Self.path, event).status == (routingKey == nil ? 401 : 400))
    }
  }

  /// Failure: a sender takes 4xx or 429 for an end, and never sends the event again.
  @Test(arguments: TestDatabase.all)
  func `A fault of ours is 5xx, which every client tries again`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.ingest)
      try await bench.tamper("DROP TABLE data_incident_alert")
      let answer = try await bench.send(.post, Self.path, Self.event(routingKey: token))
      #expect(answer.status >= 500 && answer.json["status"] == "error" && !answer.text.contains("data_incident"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What is not said to be JSON is refused, and a page of another site too`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let body = Self.event(routingKey: "any")
      let plain = try await bench.send(.post, Self.path, body, [.contentType: "text/plain"])
      #expect(plain.status == 415)
      let foreign = try await bench.send(.post, Self.path, body, [.origin: "https://evil.example"])
      #expect(foreign.status == 403)
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }
}
