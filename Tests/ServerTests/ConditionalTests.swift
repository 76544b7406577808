import Foundation
import Hummingbird
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct ConditionalTests {
  private func tag(_ answer: TestBench.HTTPAnswer) -> String { answer.headers[.eTag] ?? "" }

  @Test(arguments: TestDatabase.all)
  func `Every answer that shows an incident has an entity tag with its version`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let created = try await bench.send(
        .post, "/api/v1/incidents", #"{"title":"T","severity":"LOW","package":"P"}"#, token: token)
      #expect(tag(created) == "\"1\"")
      let path = "/api/v1/incidents/\(created.json["incident_guid"].string ?? "")"
      #expect(tag(try await bench.send(.get, path, token: token)) == "\"1-1\"")
      #expect(tag(try await bench.send(.patch, path, #"{"title":"U"}"#, token: token)) == "\"2\"")
      let moved = try await bench.send(.post, path + "/status", #"{"new_status":"INVESTIGATING"}"#, token: token)
      #expect(tag(moved) == "\"3\"")
      #expect(tag(try await bench.send(.post, path + "/closure", "{}", token: token)) == "\"4\"")
      #expect(tag(try await bench.send(.get, path, token: token)) == "\"4-4\"")
    }
  }

  /// Failure: a client that asks whether anything is new goes without what was added, or gets all of it each time.
  @Test(arguments: TestDatabase.all)
  func `What a client knows already is not sent again, until something hangs on the incident that did not`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      let (token, guid) = (try await bench.token(.viewer), try await bench.incident().incidentGuid)
      func get(_ known: String) async throws -> TestBench.HTTPAnswer {
        try await bench.send(.get, "/api/v1/incidents/\(guid)", token: token, [.ifNoneMatch: known])
      }
      let first = try await get("\"x\"")
      #expect(first.status == 200)
      for known in [tag(first), "W/" + tag(first), "\"a\", " + tag(first), "*"] {
        let answer = try await get(known)
        #expect(answer.status == 304 && answer.text.isEmpty && tag(answer) == tag(first), "\(known)")
      }
      for unknown in ["\"1\"", "1-1", "", "\"a\" \"b\""] { #expect(try await get(unknown).status == 200) }
      try await bench.incidents.addNote(guid, type: .general, content: "n")
      let second = try await get(tag(first))
      #expect(second.status == 200 && tag(second) != tag(first))
      #expect(second.json["note_count"] == 1)
    }
  }

  /// Failure: the second of two editors overwrites what the first has saved.
  @Test(arguments: TestDatabase.all)
  func `Of two editors the second gets 412, and nothing is lost`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (token, guid) = (try await bench.token(.responder), try await bench.incident().incidentGuid)
      let path = "/api/v1/incidents/\(guid)"
      try await bench.serving { server in
        for round in 0..<100 {
          let seen = tag(try await server.send(.get, path, token: token))
          async let one = server.send(.patch, path, "{\"title\":\"a \(round)\"}", token: token, [.ifMatch: seen])
          async let two = server.send(.patch, path, "{\"description\":\"b \(round)\"}", token: token, [.ifMatch: seen])
          let (a, b) = (try await one, try await two)
          #expect([a.status, b.status].sorted() == [200, 412])
          let refused = a.status == 412 ? a : b
          let after = try await bench.incidents.get(guid)
          #expect(refused.json["code"] == "precondition_failed")
          #expect(refused.json["allowed"] == .array([.string("\(after.version)")]))
          #expect((after.title == "a \(round)") == (a.status == 200))
          #expect((after.description == "b \(round)") == (b.status == 200))
        }
      }
      #expect(try await bench.events(of: guid).count == 101)
    }
  }

  @Test(arguments: [
    ("*", 200), ("\"1\"", 200), ("\"1-1\"", 200), ("\"1-99\"", 200), ("\"7\", \"1\"", 200), (" , \"1\" ,", 200),
    ("\"2\"", 412), ("W/\"1\"", 412), ("\"2\", \"3\"", 412), ("\"x\"", 412), ("\"\"", 412), ("\"1\"x", 400), ("1", 400),
    ("", 412), ("\"1", 400), (String(repeating: ",", count: 3000), 400), (String(repeating: " ,\"", count: 999), 400),
  ])
  func `If-Match takes a star or a list of strong tags`(_ header: String, _ status: Int) async throws {
    try await TestDatabase.runEach { bench in
      let (token, guid) = (try await bench.token(.responder), try await bench.incident().incidentGuid)
      let answer = try await bench.send(
        .patch, "/api/v1/incidents/\(guid)", #"{"title":"new"}"#, token: token, [.ifMatch: header])
      #expect(answer.status == status, "\(answer.text)")
      #expect(try await bench.incidents.get(guid).title == (status == 200 ? "new" : "Database down"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A status and a closure are refused for another version as well`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (token, guid) = (try await bench.token(.responder), try await bench.incident().incidentGuid)
      for (path, body) in [("status", #"{"new_status":"INVESTIGATING"}"#), ("closure", "{}")] {
        let version = try await bench.incidents.get(guid).version
        func send(_ tag: String) async throws -> Int {
          try await bench.send(.post, "/api/v1/incidents/\(guid)/\(path)", body, token: token, [.ifMatch: tag]).status
        }
        #expect(try await send("\"\(version + 1)\"") == 412)
        #expect(try await bench.incidents.get(guid).version == version)
        #expect(try await send("\"\(version)\"") == 200)
      }
      let missing = try await bench.send(
        .patch, "/api/v1/incidents/abcdef0", #"{"title":"new"}"#, token: token, [.ifMatch: "\"1\""])
      #expect(missing.status == 404)
    }
  }
}
