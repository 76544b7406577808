import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct HeartbeatDoorTests {
  @Test(arguments: [HTTPRequest.Method.get, .post], TestDatabase.all)
  func `A call is on record when it is answered`(_ method: HTTPRequest.Method, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      bench.clock.advance(by: 100)
      let answer = try await bench.send(method, "/in/heartbeats/backup", nil, token: bench.token(.ingest))
      #expect(answer.status == 200)
      #expect(
        answer.json["heartbeat_name"] == "backup" && answer.json["due_at"].string == JSON.time(bench.clock.now + 360))
      #expect(try await bench.incidents.heartbeat("backup").lastBeatAt == bench.clock.now)
    }
  }

  /// Failure: a link checker, or a preview in a chat, keeps a dead job alive.
  @Test(arguments: TestDatabase.all)
  func `HEAD is no call`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      let answer = try await bench.send(.head, "/in/heartbeats/backup", nil, token: bench.token(.ingest))
      #expect(answer.status == 405 && answer.headers[.allow] == "GET, POST, OPTIONS")
      #expect(try await bench.incidents.heartbeat("backup").lastBeatAt == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Who sets and deletes one is in the audit log`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let path = "/api/v1/heartbeats/backup"
      for body in [#"{"interval_seconds":300}"#, #"{"interval_seconds":600,"is_enabled":false}"#] {
        #expect(try await bench.send(.put, path, body, token: token).status == 200)
      }
      #expect(try await bench.send(.delete, path, token: token).status == 204)
      let entries = try await bench.incidents.auditEntries().items.filter { $0.subject == "backup" }.reversed()
      #expect(entries.map(\.action.rawValue) == ["HEARTBEAT_SET", "HEARTBEAT_SET", "HEARTBEAT_DELETED"])
      #expect(entries.allSatisfy { $0.actor == "the responder" })
      #expect(entries.map { $0.metadata?["is_enabled"] ?? .null } == [true, false, .null])
      #expect(entries.map { $0.metadata?["interval_seconds"] ?? .null } == [300, 600, .null])
      #expect(try await bench.incidents.verifyAuditLog().firstFault == nil)
    }
  }

  /// Failure: an alert comes an hour late, and nobody can tell why.
  @Test(arguments: TestDatabase.all)
  func `The log says which heartbeats got more time, and since when this process listens`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300, grace: 60))
      bench.clock.advance(by: 400)
      let log = PrintedLog()
      let logger = Logger(label: "test") { _ in log }
      let start = bench.clock.now - 10
      _ = try await bench.incidents.checkHeartbeats(listeningSince: start, logger: logger)
      #expect(log.text.contains("backup") && log.text.contains(JSON.time(start)), "\(log.text)")
      #expect(try await bench.incidents.heartbeat("backup").dueAt == start + 360)
      #expect(try await bench.incidents.alerts().items.isEmpty)
      bench.clock.advance(by: 350)
      _ = try await bench.incidents.checkHeartbeats(listeningSince: start, logger: logger)
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.firing])
      #expect(log.text.matches(of: /backup/).count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An unknown one gets 404, and a body is not looked at`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.ingest)
      #expect(try await bench.send(.post, "/in/heartbeats/none", token: token).status == 404)
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      let answer = try await bench.send(
        .post, "/in/heartbeats/backup", "\u{0}", token: token, [.contentType: "text/plain"])
      #expect(answer.status == 200)
    }
  }

  /// Failure: a page that somebody looks at keeps a dead job alive.
  @Test(arguments: TestDatabase.all)
  func `A page of another site cannot call, by GET neither`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      for method in [HTTPRequest.Method.get, .post] {
        let answer = try await bench.send(
          method, "/in/heartbeats/backup", nil, token: bench.token(.ingest),
          [HTTPField.Name("Sec-Fetch-Site")!: "cross-site"])
        #expect(answer.status == 403)
        try await bench.incidents.revokeToken("the ingest")
      }
      #expect(try await bench.incidents.heartbeat("backup").lastBeatAt == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The API makes, shows, lists, replaces and deletes them`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let path = "/api/v1/heartbeats/backup"
      let made = try await bench.send(
        .put, path, #"{"interval_seconds":300,"grace_seconds":30,"severity":"critical","package":"BACKUP"}"#,
        token: token)
      #expect(made.status == 200 && made.json["created_by"] == "the responder", "\(made.text)")
      #expect(made.json["is_enabled"] == true && made.json["due_at"].string == JSON.time(bench.clock.now + 330))
      let changed = try await bench.send(.put, path, #"{"interval_seconds":600}"#, token: token)
      #expect(
        changed.json["severity"] == "HIGH" && changed.json["package"] == "heartbeat"
          && changed.json["grace_seconds"] == 60)
      #expect(try await bench.send(.get, path, token: token).json == changed.json)
      let list = try await bench.send(.get, "/api/v1/heartbeats", token: token)
      #expect(list.json["items"].count == 1 && list.json["items"][0] == changed.json)
      for (body, pointer) in [("{}", "/interval_seconds"), (#"{"interval_seconds":1}"#, "/interval_seconds")] {
        let refused = try await bench.send(.put, path, body, token: token)
        #expect(refused.status == 422 && refused.json["pointer"] == .string(pointer), "\(refused.text)")
      }
      #expect(
        try await bench.send(.put, "/api/v1/heartbeats/a%20b", #"{"interval_seconds":60}"#, token: token).status == 422)
      #expect(try await bench.send(.delete, path, token: token).status == 204)
      #expect(try await bench.send(.delete, path, token: token).status == 404)
    }
  }
}
