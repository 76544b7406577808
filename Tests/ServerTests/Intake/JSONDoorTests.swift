import Foundation
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct JSONDoorTests {
  private static var settings: Incidents.Settings {
    get throws {
      var mapping = JSONMapping()
      mapping.fields = [.title: [.pointer(try JSONPointer("/name"))], .severity: [.constant("CRITICAL")]]
      var settings = Incidents.Settings.quick
      settings.jsonMappings = ["kuma": mapping]
      return settings
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert in our own words is answered with its guid and its incident`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.ingest)
      let body = #"{"title":"Backup failed","package":"BACKUP","dedup_key":"b","labels":{"host":"db1"}}"#
      let answer = try await bench.send(.post, "/in/json", body, token: token)
      #expect(answer.status == 200, "\(answer.text)")
      let incident = try #require(try await bench.incidents.list().items.first)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(
        answer.json
          == .object([
            "alert_guids": .array([.string(alert.alertGuid)]), "opened": .array([.string(incident.incidentGuid)]),
            "received": 1,
          ]))
      #expect(incident.title == "Backup failed" && incident.package == "BACKUP" && alert.labels == ["host": "db1"])
      let again = try await bench.send(.post, "/in/json", "[\(body),\(body)]", token: token)
      #expect(again.json["opened"] == .array([]) && again.json["received"] == 2)
      #expect(again.json["alert_guids"] == .array([.string(alert.alertGuid), .string(alert.alertGuid)]))
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A mapping of the configuration has an address of its own`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings) { bench in
      let token = try await bench.token(.ingest)
      let answer = try await bench.send(.post, "/in/json/kuma", #"{"name":"Intranet"}"#, token: token)
      #expect(answer.status == 200 && answer.json["opened"].count == 1, "\(answer.text)")
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.source == "json/kuma" && alert.title == "Intranet" && alert.severity == .critical)
      #expect(try await bench.events(of: answer.json["opened"][0].string ?? "") == [.incidentCreated, .alertLinked])
      let refused = try await bench.send(.post, "/in/json/kuma", #"{"nam":"Intranet"}"#, token: token)
      #expect(refused.status == 422 && refused.json["pointer"] == "/name", "\(refused.text)")
      let unknown = try await bench.send(.post, "/in/json/kume", "{}", token: token)
      #expect(unknown.status == 404 && unknown.json["detail"].string?.contains("did you mean kuma?") == true)
    }
  }

  @Test(arguments: [
    (#"[{"title":"A"},{"titel":"B"}]"#, 422, "/1/title"), (#"{"title":"A","status":"odd"}"#, 422, "/status"),
    ("{", 400, ""), ("", 400, ""), ("3", 422, ""),
  ])
  func `A bad body is refused as a whole, with its place, and nothing is written`(
    _ body: String, _ status: Int, _ pointer: String
  ) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.send(.post, "/in/json", body, token: bench.token(.ingest))
      #expect(answer.status == status, "\(answer.text)")
      if !pointer.isEmpty { #expect(answer.json["pointer"] == .string(pointer)) }
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }

  /// A page of another site could send it from an operator's browser.
  @Test(arguments: TestDatabase.all)
  func `A body that is not said to be JSON is refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let answer = try await bench.send(
        .post, "/in/json", #"{"title":"A"}"#, token: bench.token(.ingest), [.contentType: "text/plain"])
      #expect(answer.status == 415)
    }
  }
}
