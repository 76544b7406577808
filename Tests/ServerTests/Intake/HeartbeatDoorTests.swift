import Foundation
import HTTPTypes
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct HeartbeatDoorTests {
  @Test(arguments: [HTTPRequest.Method.get, .post, .head])
  func `A call is on record when it is answered`(_ method: HTTPRequest.Method) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      bench.clock.advance(by: 100)
      let answer = try await bench.send(method, "/in/heartbeats/backup", nil, token: bench.token(.ingest))
      #expect(answer.status == 200)
      if method != .head {
        #expect(
          answer.json["heartbeat_name"] == "backup" && answer.json["due_at"].string == JSON.time(bench.clock.now + 360))
      }
      #expect(try await bench.incidents.heartbeat("backup").lastBeatAt == bench.clock.now)
    }
  }

  @Test func `An unknown one gets 404, and a body is not looked at`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let token = try await bench.token(.ingest)
      #expect(try await bench.send(.post, "/in/heartbeats/none", token: token).status == 404)
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300))
      let answer = try await bench.send(
        .post, "/in/heartbeats/backup", "\u{0}", token: token, [.contentType: "text/plain"])
      #expect(answer.status == 200)
    }
  }

  /// Failure: a page that somebody looks at keeps a dead job alive.
  @Test func `A page of another site cannot call, by GET neither`() async throws {
    try await TestDatabase.sqlite.run { bench in
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

  @Test func `The API makes, shows, lists, replaces and deletes them`() async throws {
    try await TestDatabase.sqlite.run { bench in
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
