import Foundation
import Hummingbird
import TestSupport
import Testing
import Tocsin

@testable import API
@testable import Server

@Suite struct CallRoutesTests {
  @Test(arguments: TestDatabase.all)
  func `The life of an incident, from its creation to its report`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws
        -> TestBench.HTTPAnswer
      {
        try await bench.send(method, "/api/v1" + path, body, token: token)
      }
      let created = try await send(
        .post, "/incidents",
        #"{"title":"Pool exhausted","severity":"critical","package":"DATABASE","alert_links":["a-1"]}"#)
      #expect(created.status == 201)
      #expect(created.json["severity"] == "CRITICAL" && created.json["created_by"] == "the responder")
      let guid = try #require(created.json["incident_guid"].string)
      let moved = try await send(.post, "/incidents/\(guid)/status", #"{"new_status":"INVESTIGATING"}"#)
      #expect(moved.status == 200 && moved.json["acknowledged_by"] == "the responder")
      let refused = try await send(.post, "/incidents/\(guid)/status", #"{"new_status":"CREATED"}"#)
      #expect(refused.status == 409)
      #expect(refused.json["allowed"] == .array(["MONITORING", "CLOSED"]))
      #expect(refused.json["pointer"] == "/new_status")
      let note = try await send(.post, "/incidents/\(guid)/notes", #"{"note_type":"ROOT_CAUSE","content":"No index"}"#)
      #expect(note.status == 201)
      let changed = try await send(.patch, "/incidents/\(guid)", #"{"assigned_to":"dba-team"}"#)
      #expect(changed.json["assigned_to"] == "dba-team")
      let call = try await send(
        .post, "/incidents/\(guid)/communications", #"{"channel":"PHONE","metadata":{"duration_seconds":180}}"#)
      #expect(call.status == 201)
      let ref = try #require(call.json["short_ref"].string)
      let found = try await send(.get, "/communications/\(ref)")
      #expect(found.json["incident_title"] == "Pool exhausted")
      let closed = try await send(.post, "/incidents/\(guid)/closure", #"{"root_cause":"No index"}"#)
      #expect(closed.json["status"] == "CLOSED" && closed.json["closed_by"] == "the responder")
      let shown = try await send(.get, "/incidents/\(guid)")
      #expect(shown.json["alert_count"] == 1 && shown.json["note_count"] == 1)
      let events = try await send(.get, "/incidents/\(guid)/timeline")
      #expect(events.json["items"].count == 7)
      let report = try await send(.get, "/incidents/\(guid)/report?format=html")
      #expect(report.headers[.contentType] == "text/html; charset=utf-8" && report.text.hasPrefix("<!DOCTYPE html>"))
      let list = try await send(.get, "/incidents?status=closed&limit=1")
      #expect(list.json["items"][0]["incident_guid"] == .string(guid) && list.json["next_cursor"] == .null)
    }
  }

  @Test(
    arguments: [
      (#"{"title":"T","severity":"CRITICAL"}"#, "/package", "package is missing"),
      (#"{"title":1,"severity":"CRITICAL","package":"P"}"#, "/title", "title must be a text"),
      (#"{"title":" ","severity":"CRITICAL","package":"P"}"#, "/title", "title is empty"),
      (#"{"title":"T","severity":"URGENT","package":"P"}"#, "/severity", "Allowed: CRITICAL, HIGH, MEDIUM, LOW"),
      (#"{"title":"T","severity":"LOW","package":"P","titel":"T"}"#, "/titel", "did you mean title?"),
      (#"{"title":"T","severity":"LOW","package":"P","alert_links":["a",2]}"#, "/alert_links/1", "must be a text"),
      (#"{"title":"T","severity":"LOW","package":"P","incident_guid":"x"}"#, "/incident_guid", "not known here"),
      (#"["title"]"#, "", "must be a JSON object"),
    ])
  func `A bad body is refused with the place of the fault, and nothing is written`(
    _ body: String, _ pointer: String, _ words: String
  ) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.send(.post, "/api/v1/incidents", body, token: bench.token(.admin))
      #expect(answer.status == 422)
      #expect(answer.json["code"] == "invalid")
      if !pointer.isEmpty { #expect(answer.json["pointer"] == .string(pointer)) }
      #expect(answer.json["detail"].string?.contains(words) == true, "\(answer.text)")
      #expect(try await bench.incidents.list().items.isEmpty)
    }
  }

  @Test(
    arguments: [
      ("limit=0", 422, "limit"), ("limit=201", 422, "limit"), ("limit=x", 422, "limit"),
      ("limit=1&limit=2", 422, "limit"),
      ("statsu=CLOSED", 422, "statsu"), ("status=", 422, "status"), ("cursor=nonsense", 422, "cursor"),
      ("search=%FF", 400, ""),
      ("since=yesterday", 422, "since"),
    ])
  func `A bad parameter is refused by its name`(_ query: String, _ status: Int, _ name: String) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.send(.get, "/api/v1/incidents?\(query)", token: bench.token(.viewer))
      #expect(answer.status == status, "\(answer.text)")
      if !name.isEmpty { #expect(answer.json["parameter"] == .string(name)) }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Only an admin acts for somebody else`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let body = #"{"title":"T","severity":"LOW","package":"P","created_by":"engineer1"}"#
      let refused = try await bench.send(.post, "/api/v1/incidents", body, token: bench.token(.responder))
      #expect(refused.status == 403 && refused.json["pointer"] == "/created_by")
      #expect(try await bench.incidents.list().items.isEmpty)
      let created = try await bench.send(.post, "/api/v1/incidents", body, token: bench.token(.admin))
      #expect(created.json["created_by"] == "engineer1")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `In a change null removes what may be empty, and is refused for the rest`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let guid = try await bench.incidents.create(
        title: "T", severity: .low, package: "P", description: "D", assignedTo: "dba-team"
      ).incidentGuid
      let removed = try await bench.send(
        .patch, "/api/v1/incidents/\(guid)", #"{"description":null,"assigned_to":null}"#, token: token)
      #expect(removed.status == 200 && removed.json["description"] == .null && removed.json["assigned_to"] == .null)
      for field in ["title", "severity", "package"] {
        let refused = try await bench.send(.patch, "/api/v1/incidents/\(guid)", #"{"\#(field)":null}"#, token: token)
        #expect(refused.status == 422 && refused.json["pointer"] == .string("/" + field), "\(refused.text)")
      }
      #expect(try await bench.incidents.get(guid).title == "T")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Who acts for somebody else is in the audit log by both names`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let body = #"{"name":"bot","role":"viewer","created_by":"ana"}"#
      let created = try await bench.send(.post, "/api/v1/tokens", body, token: bench.token(.admin))
      #expect(created.status == 201)
      let entry = try #require(try await bench.incidents.auditEntries().items.first)
      #expect(entry.actor == "the admin" && entry.metadata?["on_behalf_of"] == "ana")
      #expect(try await bench.incidents.token("bot").createdBy == "ana")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A list of a thousand links is taken, a longer one is refused whole`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      for (count, status) in [(1000, 201), (1001, 422)] {
        let links = (1...count).map { "\"a-\($0)\"" }.joined(separator: ",")
        let body = #"{"title":"T","severity":"LOW","package":"P","alert_links":[\#(links)]}"#
        let answer = try await bench.send(.post, "/api/v1/incidents", body, token: token)
        #expect(answer.status == status, "\(answer.text.prefix(300))")
      }
      #expect(try await bench.incidents.list().items.count == 1)
    }
  }

  @Test func `Every field that a call takes or answers is explained`() {
    for call in Calls.all {
      let endpoint = call.endpoint
      for field in call.shape.fields where Fields.all[field.name] == nil {
        Issue.record("\(endpoint.name) takes \(field.name), which Fields.all does not explain")
      }
    }
  }
}
