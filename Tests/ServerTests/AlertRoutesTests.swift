import Foundation
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct AlertRoutesTests {
  private static func send(_ bench: TestBench, _ body: String) async throws -> (alert: String, incident: String) {
    let answer = try await bench.send(.post, "/in/json", body, token: bench.token(.ingest))
    try await bench.incidents.revokeToken("the ingest")
    bench.clock.advance(by: 1)
    return (answer.json["alert_guids"][0].string ?? "", answer.json["opened"][0].string ?? "")
  }

  @Test(arguments: TestDatabase.all)
  func `The list takes conditions, and pages of it go on where the last one ended`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      for number in 0..<5 {
        _ = try await Self.send(
          bench, #"{"title":"\#(number)","severity":"\#(number % 2 == 0 ? "low" : "warning")","package":"P"}"#)
      }
      let token = try await bench.token(.viewer)
      let first = try await bench.send(.get, "/api/v1/alerts?severity=low&status=firing&limit=2", token: token)
      #expect(first.json["items"].count == 2 && first.json["items"][0]["title"] == "4")
      let cursor = try #require(first.json["next_cursor"].string)
      let rest = try await bench.send(
        .get, "/api/v1/alerts?severity=low&status=firing&limit=2&cursor=\(cursor)", token: token)
      #expect(rest.json["items"].count == 1 && rest.json["items"][0]["title"] == "0")
      for (query, count) in [
        ("source=json", 5), ("source=grafana", 0), ("package=P&acknowledged=false", 5), ("acknowledged=true", 0),
        ("package=", 5),
      ] {
        #expect(
          try await bench.send(.get, "/api/v1/alerts?\(query)", token: token).json["items"].count == count, "\(query)")
      }
      for query in ["status=odd", "acknowledged=maybe", "severity=", "sauce=json"] {
        #expect(try await bench.send(.get, "/api/v1/alerts?\(query)", token: token).status == 422, "\(query)")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert is taken on for a time, and given back`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (alert, incident) = try await Self.send(bench, #"{"title":"Down"}"#)
      let token = try await bench.token(.responder)
      let path = "/api/v1/alerts/\(alert)"
      let taken = try await bench.send(.post, path + "/acknowledgement", #"{"acknowledged_until":"2h"}"#, token: token)
      #expect(taken.status == 200 && taken.json["acknowledged_by"] == "the responder", "\(taken.text)")
      #expect(taken.json["acknowledged_until"].string == JSON.time(bench.clock.now + 7200))
      let shown = try await bench.send(.get, path, token: token)
      #expect(shown.json["title"] == "Down" && shown.json["incidents"].count == 1)
      #expect(shown.json["incidents"][0]["incident_guid"] == .string(incident))
      #expect(shown.json["incidents"][0]["incident_status"] == "INVESTIGATING")
      let back = try await bench.send(.delete, path + "/acknowledgement", token: token)
      #expect(back.status == 200 && back.json["acknowledged_at"] == .null, "\(back.text)")
      #expect(try await bench.send(.delete, path + "/acknowledgement", token: token).status == 409)
      let good = try await bench.send(.post, path + "/acknowledgement", token: token)
      #expect(good.status == 200 && good.json["acknowledged_until"] == .null, "\(good.text)")
      #expect(
        try await bench.events(of: incident) == [
          .incidentCreated, .alertLinked, .alertAcknowledged, .statusChange, .alertUnacknowledged, .alertAcknowledged,
        ])
    }
  }

  @Test(arguments: [
    (#"{"acknowledged_until":"soon"}"#, 422, "/acknowledged_until"),
    (#"{"acknowledged_until":"2020-01-01"}"#, 422, "/acknowledged_until"),
    (#"{"acknowledged_by":"ana"}"#, 403, "/acknowledged_by"),
  ])
  func `A bad acknowledgement is refused at its place`(_ body: String, _ status: Int, _ pointer: String) async throws {
    try await TestDatabase.runEach { bench in
      let (alert, incident) = try await Self.send(bench, #"{"title":"Down"}"#)
      let answer = try await bench.send(
        .post, "/api/v1/alerts/\(alert)/acknowledgement", body, token: bench.token(.responder))
      #expect(answer.status == status && answer.json["pointer"] == .string(pointer), "\(answer.text)")
      #expect(try await bench.events(of: incident) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What is not there gets 404`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      for (method, path) in [(HTTPRequest.Method.get, ""), (.post, "/acknowledgement"), (.delete, "/acknowledgement")] {
        #expect(try await bench.send(method, "/api/v1/alerts/none-such" + path, token: token).status == 404)
      }
    }
  }
}
