import Foundation
import Hummingbird
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct IdempotencyTests {
  private let body = #"{"title":"T","severity":"LOW","package":"P"}"#

  private func headers(_ key: String) -> HTTPFields { [.idempotencyKey: key] }

  private func replayed(_ answer: TestBench.HTTPAnswer) -> Bool { answer.headers[.idempotencyReplayed] == "true" }

  /// Failure: a client that repeats its request because the answer was lost has it done twice.
  @Test(arguments: TestDatabase.all)
  func `The same key 100 times at once: one incident, and all get its creation's answer`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let answers = try await bench.serving { server in
        try await withThrowingTaskGroup(of: TestBench.HTTPAnswer.self) { group in
          for _ in 0..<100 {
            group.addTask { try await server.send(.post, "/api/v1/incidents", body, token: token, headers("key-1")) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
      }
      #expect(answers.allSatisfy { $0.status == 201 && $0.headers[.eTag] == "\"1\"" })
      #expect(Set(answers.map(\.text)).count == 1)
      #expect(answers.count { !replayed($0) } == 1)
      let all = try await bench.incidents.list().items
      #expect(all.map { .string($0.incidentGuid) } == [answers[0].json["incident_guid"]])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 1)
    }
  }

  /// Failure: one of the calls is done twice, or its repetition says something else.
  @Test(arguments: TestDatabase.all)
  func `Every POST is done once for a key`(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    let channels: [any Channel] = [FakeChannel<EmailName>(vendor), FakeChannel<SlackName>(vendor)]
    try await engine.run(channels: channels) { bench in
      let token = try await bench.token(.admin)
      let (a, b) = (try await bench.incident().incidentGuid, try await bench.incident().incidentGuid)
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "SLACK:#ops")
      let calls = [
        ("/incidents/\(a)/notes", #"{"note_type":"GENERAL","content":"n"}"#),
        ("/incidents/\(a)/alerts", #"{"alert_guid":"x"}"#),
        ("/incidents/\(a)/communications", #"{"channel":"PHONE"}"#),
        ("/incidents/\(a)/notifications", #"{"notify_code":"R"}"#),
        ("/incidents/\(a)/report/emails", #"{"additional_recipients":["dba@example.com"]}"#),
        ("/incidents/\(a)/status", #"{"new_status":"INVESTIGATING"}"#),
        ("/incidents/\(a)/merges", "{\"source_incident_guid\":\"\(b)\"}"),
        ("/incidents/\(a)/closure", #"{"root_cause":"c"}"#),
        ("/short-refs", "{}"), ("/tokens", #"{"name":"new","role":"viewer"}"#),
        ("/test-messages", #"{"item":"SLACK"}"#), ("/incidents", body),
      ]
      for (number, (path, body)) in calls.enumerated() {
        let key = headers("key-\(number)")
        let first = try await bench.send(.post, "/api/v1" + path, body, token: token, key)
        #expect(first.status < 300 && !replayed(first), "\(path): \(first.text)")
        let (sent, events) = (
          vendor.received.count, try await bench.integer("SELECT max(Seq) FROM data_incident_timeline")
        )
        let second = try await bench.send(.post, "/api/v1" + path, body, token: token, key)
        #expect(second.status == first.status && second.text == first.text && replayed(second), "\(path)")
        #expect(second.headers[.contentType] == first.headers[.contentType])
        #expect(vendor.received.count == sent)
        #expect(try await bench.integer("SELECT max(Seq) FROM data_incident_timeline") == events, "\(path)")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Another body, a bad key and a failure`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      func send(_ key: String, _ body: String, token: String) async throws -> TestBench.HTTPAnswer {
        try await bench.send(.post, "/api/v1/incidents", body, token: token, headers(key))
      }
      #expect(try await send("k", body, token: token).status == 201)
      let other = try await send("k", body.replacing("LOW", with: "HIGH"), token: token)
      #expect(other.status == 422 && other.json["parameter"] == "Idempotency-Key")
      #expect(try await replayed(send("k", " " + body, token: token)))
      #expect(try await !replayed(send("k", body, token: bench.token(.admin))), "another sender's key is another")
      #expect(try await send("a b", body, token: token).status == 422)
      // What failed is tried again.
      #expect(try await send("f", "{}", token: token).status == 422)
      #expect(try await send("f", body, token: token).status == 201)
      #expect(try await bench.incidents.list().items.count == 3)
    }
  }

  /// Failure: the secret of a new token, which the answer shows, lies readable in the database for a day.
  @Test(arguments: TestDatabase.all)
  func `A new token's secret is nowhere in the database, and comes again for the same key`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let token = try await bench.token(.admin)
      func send() async throws -> TestBench.HTTPAnswer {
        try await bench.send(
          .post, "/api/v1/tokens", #"{"name":"ci","role":"ingest"}"#, token: token, headers("a-key-of-mine"))
      }
      let secret = try #require(try await send().json["secret"].string)
      #expect(try await send().json["secret"].string == secret)
      let bytes = try await bench.storedBytes()
      for hidden in [secret, String(secret.dropFirst(7)), "a-key-of-mine", token] {
        #expect(bytes.range(of: Data(hidden.utf8)) == nil)
      }
    }
  }
}
