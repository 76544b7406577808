import Foundation
import HTTPTypes
import Hummingbird
import Logging
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct OpsgenieDoorTests {
  private static let paths = ["/in/opsgenie/v2/alerts", "/in/opsgenie/jsm/ops/integration/v2/alerts"]
  private static let alert =
    #"{"message":"Disk full","alias":"a/b c","priority":"P1","details":{"service":"DATABASE"}}"#
  private static let alias = "a%2Fb%20c"

  @Test(arguments: paths, TestDatabase.all)
  func `An alert's whole life leaves the right state and timeline, and every request tells what came of it`(
    _ path: String, _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let desk = try await Genie(bench, path)
      try await desk.request(.post, "", Self.alert, "Created alert")
      try await desk.request(.post, "", Self.alert, "Created alert")
      let own = "/\(Self.alias)/"
      let later = JSON.time(bench.clock.now.addingTimeInterval(3600))
      for (method, verb, body, status) in [
        (.post, "acknowledge", #"{"user":"neo"}"#, "Acknowledged alert"),
        (.post, "unacknowledge", "", "UnAcknowledged alert"),
        (.post, "unacknowledge", "{}", "Alert is not acknowledged"),
        (.post, "snooze", #"{"endTime":"\#(later)"}"#, "Snoozed alert"),
        (.post, "notes", #"{"note":"Looking","user":"neo"}"#, "Added note to alert"),
        (.post, "assign", #"{"owner":{"username":"trinity"}}"#, "Assigned ownership of alert"),
        (.put, "message", #"{"message":"Disk very full"}"#, "Updated message of alert"),
        (.put, "description", #"{"description":"99 %"}"#, "Updated description of alert"),
        (.put, "priority", #"{"priority":"P2"}"#, "Updated priority of alert"),
        (.post, "close", #"{"source":"am"}"#, "Closed alert"), (.post, "close", "", "Alert is already closed"),
        (.post, "acknowledge", "", "Alert is already closed"),
      ] as [(HTTPRequest.Method, String, String, String)] {
        try await desk.request(method, own + verb + "?identifierType=alias", body, status)
      }
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.count == 2 && alert.status == .resolved && alert.title == "Disk very full")
      #expect(alert.description == "99 %" && alert.severity == .high && alert.dedupKey == "a/b c")
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.assignedTo == "trinity" && incident.status == .investigating && incident.package == "DATABASE")
      #expect(
        try await bench.events(of: incident.incidentGuid) == [
          .incidentCreated, .alertLinked, .alertAcknowledged, .statusChange, .alertUnacknowledged, .alertAcknowledged,
          .noteAdded, .assignmentChange, .alertResolved,
        ])
      let who = try await bench.incidents.timeline(of: incident.incidentGuid).map(\.createdBy)
      #expect(who[2] == "opsgenie: neo" && who[6] == "opsgenie: neo" && who[8] == "SYSTEM")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert is shown as Opsgenie shows it, by its alias and by its id`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let desk = try await Genie(bench, Self.paths[0])
      try await desk.request(.post, "", Self.alert, "Created alert")
      let byAlias: JSONValue = try await desk.send(.get, "/\(Self.alias)?identifierType=alias").json["data"]
      let id = try #require(byAlias["id"].string)
      #expect(byAlias["alias"] == "a/b c" && byAlias["status"] == "open" && byAlias["priority"] == "P1")
      #expect(byAlias["message"] == "Disk full" && byAlias["count"] == 1 && byAlias["acknowledged"] == false)
      #expect(byAlias["details"] == .object(["service": "DATABASE"]))
      for query in ["", "?identifierType=id", "?identifierType=ID"] {
        let byID: JSONValue = try await desk.send(.get, "/\(id)\(query)").json["data"]
        #expect(byID == byAlias)
      }
      try await desk.request(.post, "/\(id)/close", "", "Closed alert")
      let closed: JSONValue = try await desk.send(.get, "/\(id)").json["data"]
      #expect(closed["status"] == "closed")
      for (path, status) in [
        ("/none", 404), ("/none?identifierType=alias", 404), ("/1?identifierType=tiny", 422), ("/%FF", 400),
        ("/1?identifierType=colour", 422),
      ] {
        let answer = try await desk.send(.get, path)
        #expect(answer.status == status && answer.json["message"].string != nil, "\(path): \(answer.text)")
      }
    }
  }

  /// Failure: the alert of another dialect is closed, or seen, by its guid.
  @Test(arguments: TestDatabase.all)
  func `What is not Opsgenie's does not exist here`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let desk = try await Genie(bench, Self.paths[0])
      let event = try PagerDutyEvents.event(in: Data(PagerDutyDoorTests.event(routingKey: nil).utf8)) { "" }
      try await bench.incidents.receive([event.signal])
      let guid = try #require(try await bench.incidents.alerts().items.first?.alertGuid)
      #expect(try await desk.send(.get, "/\(guid)").status == 404)
      for verb in ["close", "acknowledge"] {
        try await desk.request(.post, "/\(guid)/\(verb)", "", "Alert does not exist")
      }
      try await desk.request(.post, "/k/close?identifierType=alias", "", "Alert does not exist")
      #expect(try await bench.incidents.alert(guid).status == .firing)
    }
  }

  /// Failure: what people wrote on an alert without an incident is taken with 202, and is gone.
  @Test(arguments: TestDatabase.all)
  func `Notes and an assignment on an alert without an incident are kept, and go to the incident that opens later`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      let desk = try await Genie(bench, Self.paths[0])
      let alert = #"{"message":"m","alias":"low","priority":"P5","note":"At once","user":"neo"}"#
      try await desk.request(.post, "", alert, "Created alert")
      bench.clock.advance(by: 60)
      let query = "?identifierType=alias"
      let kept = "; kept on the alert until it has an incident"
      try await desk.request(
        .post, "/low/notes" + query, #"{"note":"Looking","user":"neo"}"#, "Added note to alert" + kept)
      bench.clock.advance(by: 1)
      try await desk.request(.post, "", alert, "Created alert")
      try await desk.request(
        .post, "/low/assign" + query, #"{"owner":{"username":"trinity"}}"#, "Assigned ownership of alert" + kept)
      let guid = try #require(try await bench.incidents.alerts().items.first).alertGuid
      let viewer = try await bench.token(.viewer)
      func shown() async throws -> JSONValue {
        try await bench.send(.get, "/api/v1/alerts/\(guid)", token: viewer).json["notes"]
      }
      let waiting = try await shown()
      #expect((0..<3).map { waiting[$0]["content"].string } == ["At once", "Looking", "Assigned to trinity"])
      #expect(
        waiting[1]["created_by"] == "opsgenie: neo" && waiting[1]["created_at"].string == JSON.time(bench.clock.now - 1)
      )
      try await desk.request(.put, "/low/priority" + query, #"{"priority":"P1"}"#, "Updated priority of alert")
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.assignedTo == "trinity")
      let notes = try await bench.incidents.notes(of: incident.incidentGuid)
      #expect(notes.map(\.content) == ["At once", "Looking", "Assigned to trinity"])
      #expect(notes.map(\.createdBy) == ["opsgenie: neo", "opsgenie: neo", "opsgenie"])
      #expect(notes[0].createdAt == bench.clock.now - 61)
      #expect(
        try await bench.events(of: incident.incidentGuid) == [
          .incidentCreated, .alertLinked, .noteAdded, .noteAdded, .noteAdded, .assignmentChange,
        ])
      // They went there, and only once.
      let left = try await shown()
      #expect(left == .array([]))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A note on an alert whose incident is closed goes there`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let desk = try await Genie(bench, Self.paths[0])
      try await desk.request(.post, "", Self.alert, "Created alert")
      let guid = try #require(try await bench.incidents.list().items.first).incidentGuid
      try await bench.incidents.close(guid)
      try await desk.request(
        .post, "/\(Self.alias)/notes?identifierType=alias", #"{"note":"It was the fan"}"#, "Added note to alert")
      #expect(try await bench.incidents.notes(of: guid).map(\.content) == ["It was the fan"])
      #expect(try await bench.events(of: guid).last == .noteAdded)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A receipt that nobody gave is none`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let desk = try await Genie(bench, Self.paths[0])
      let guid = "01234567-89ab-cdef-0123-456789abcdef"
      for id in [
        "x", "create-done-1", "create-done-1-\(guid)", "close-unknown-1-\(guid)", "eat-unknown-1", "create-eaten-1",
        "close-unknown-99999999999999999999", "%FF", "create-done-1-" + String(repeating: "-", count: 36),
      ] {
        let answer = try await desk.send(.get, "/requests/\(id)")
        #expect([400, 404].contains(answer.status) && answer.json["message"].string != nil, "\(id)")
      }
    }
  }

  @Test(arguments: [
    ("POST", "", "", 400), ("POST", "", "{", 400), ("POST", "", "[]", 422), ("POST", "", "{}", 422),
    ("POST", "", #"{"message":" "}"#, 422), ("POST", "", #"{"message":"m","priority":"P9"}"#, 422),
    ("POST", "/x/notes", "{}", 422), ("POST", "/x/snooze", #"{"endTime":"2001-01-01T00:00:00Z"}"#, 202),
    ("POST", "/known/snooze?identifierType=alias", #"{"endTime":"2001-01-01T00:00:00Z"}"#, 422),
    ("POST", "/known/close?identifierType=tiny", "{}", 422), ("PUT", "/known/priority", #"{"priority":"hot"}"#, 422),
    ("POST", "/known/close", "[", 400), ("POST", "/%FF/close", "{}", 400),
    ("POST", "", String(repeating: "[", count: 100_000), 400),
    ("POST", "", String(repeating: " ", count: Limits.largestBody + 1), 413),
  ])
  func `Bad input is refused in Opsgenie's words`(
    _ method: String, _ path: String, _ body: String, _ status: Int
  ) async throws {
    try await TestDatabase.runEach { bench in
      let desk = try await Genie(bench, Self.paths[0])
      try await desk.request(.post, "", #"{"message":"m","alias":"known"}"#, "Created alert")
      let answer = try await desk.send(HTTPRequest.Method(method)!, path, body)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.json["took"] != .null && answer.json["requestId"].string?.isEmpty == false)
      if status == 422 {
        #expect(answer.json["message"] == "Request body is not processable. Please check the errors.")
        #expect(answer.json["errors"] != .null)
      }
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.firing])
    }
  }

  @Test(arguments: [
    ("GenieKey TOKEN", 202), ("geniekey TOKEN", 202), ("Bearer TOKEN", 202), ("GenieKey wrong", 401), ("GenieKey", 401),
    ("GenieKey VIEWER", 403), ("", 401),
  ])
  func `The key is a token of a role that may send alerts, and stays out of answers and log`(
    _ header: String, _ status: Int
  ) async throws {
    try await TestDatabase.runEach { bench in
      let (token, viewer) = (try await bench.token(.ingest), try await bench.token(.viewer))
      let value = header.replacing("TOKEN", with: token).replacing("VIEWER", with: viewer)
      let log = PrintedLog()
      let surroundings = Routes.Surroundings(logger: Logger(label: "test") { _ in log })
      let headers: HTTPFields = value.isEmpty ? [:] : [.authorization: value]
      for path in Self.paths {
        let answer = try await bench.send(.post, path, Self.alert, headers, in: surroundings)
        #expect(answer.status == status)
        if status != 202 { #expect(answer.json["message"].string != nil && answer.json["requestId"].string != nil) }
        #expect(!answer.text.contains(token) && !log.text.contains(token) && !log.text.contains(viewer))
      }
      #expect(try await bench.incidents.alerts().items.isEmpty == (status != 202))
    }
  }
}

/// A sender with a key.
private struct Genie {
  private let bench: TestBench
  private let path: String
  private let token: String

  init(_ bench: TestBench, _ path: String) async throws {
    (self.bench, self.path) = (bench, path)
    token = try await bench.token(.ingest)
  }

  func send(_ method: HTTPRequest.Method, _ rest: String, _ body: String? = nil) async throws -> TestBench.HTTPAnswer {
    try await bench.send(method, path + rest, body, [.authorization: "GenieKey \(token)"])
  }

  /// Sends a request, and asks another server on the same database what came of it.
  func request(_ method: HTTPRequest.Method, _ rest: String, _ body: String, _ status: String) async throws {
    let answer = try await send(method, rest, body)
    #expect(answer.status == 202 && answer.json["result"] == "Request will be processed", "\(answer.text)")
    let id = answer.json["requestId"].string ?? ""
    let outcome = try await send(.get, "/requests/\(id)")
    #expect(outcome.status == 200 && outcome.json["requestId"] == .string(id))
    let data: JSONValue = outcome.json["data"]
    #expect(data["status"] == .string(status), "\(rest)")
    let isDone = !status.hasPrefix("Alert ")
    #expect(data["isSuccess"] == .bool(isDone) && data["success"] == .bool(isDone))
    #expect((data["alertId"] == "") == (status == "Alert does not exist"))
  }
}
