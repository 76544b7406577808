import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct AlertmanagerRoutesTests {
  private static let path = "/in/alertmanager/api/v2"
  private static let alert =
    #"[{"labels": {"alertname": "DiskFull", "severity": "critical", "host": "db1"}, "annotations": {"summary": "Disk full"}}]"#
  private static let silence = """
    {"matchers": [{"name": "host", "value": "db.*", "isRegex": true, "isEqual": true}], "comment": "Update",
     "createdBy": "ana", "startsAt": "2026-11-21T16:00:00Z", "endsAt": "2026-11-21T18:00:00Z"}
    """

  @Test(arguments: TestDatabase.all)
  func `An alert by the API and the same by the webhook are one, in one incident`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let answer = try await bench.send(.post, Self.path + "/alerts", Self.alert, token: bench.token(.ingest))
      #expect(answer.status == 200 && answer.text.isEmpty)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.source == "alertmanager" && alert.expiresAt == bench.clock.now + 300)
      let webhook = """
        {"version": "4", "groupKey": "{}:{alertname=\\"DiskFull\\"}", "alerts": [{"status": "firing",
         "labels": {"alertname": "DiskFull", "severity": "critical", "host": "db1"}, "startsAt": "\(JSON.time(alert.startsAt))",
         "fingerprint": "\(alert.dedupKey)"}]}
        """
      try await bench.incidents.receive(Alertmanager.alerts(in: Data(webhook.utf8)))
      #expect(try await bench.incidents.alerts().items.map(\.count) == [2])
      #expect(try await bench.incidents.list().items.count == 1)
    }
  }

  /// The vectors are those of prometheus/common, model/signature_test.go.
  @Test(arguments: [
    ([:], "cbf29ce484222325"), (["name": "garland, briggs", "fear": "love is not enough"], "507a62d79ee76c9a"),
  ])
  func `A fingerprint is FNV-1a over the sorted labels`(_ labels: [String: String], _ text: String) {
    #expect(LabelFingerprint.text(labels) == text)
  }

  @Test(arguments: TestDatabase.all)
  func `An end in the future keeps it firing, one in the past resolves it, and none expires after five minutes`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      let token = try await bench.token(.ingest)
      func post(_ times: String) async throws {
        let body = #"[{"labels": {"alertname": "X", "severity": "critical"}\#(times)}]"#
        #expect(try await bench.send(.post, Self.path + "/alerts", body, token: token).status == 200)
      }
      func alert() async throws -> Alert? { try await bench.incidents.alerts().items.first }
      let end = JSON.time(bench.clock.now + 60)
      try await post(#", "startsAt": "2026-11-21T16:00:00Z", "endsAt": "\#(end)""#)
      #expect(try await alert()?.expiresAt == bench.clock.now + 60)
      // A sender that was restarted has forgotten when it began; nothing is new.
      try await post(#", "startsAt": "2026-11-21T16:20:00Z", "endsAt": "\#(end)""#)
      #expect(try await bench.incidents.list().items.count == 1)
      bench.clock.advance(by: 60)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await alert()?.status == .resolved)
      try await post(#", "startsAt": "0001-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z""#)
      #expect(try await alert()?.status == .firing)
      try await post(#", "endsAt": "\#(JSON.time(bench.clock.now))""#)
      #expect(try await alert()?.status == .resolved)
      let guid = try #require(try await bench.incidents.list().items.first?.incidentGuid)
      #expect(
        try await bench.events(of: guid) == [
          .incidentCreated, .alertLinked, .alertResolved, .alertLinked, .alertResolved,
        ])
    }
  }

  @Test(
    arguments: [
      "{", "{}", "[{}]", #"[{"labels": {}}]"#, #"[{"labels": {"a": ""}}]"#,
      #"[{"labels": {"a": "b"}, "startsAt": "now"}]"#,
      #"[{"labels": {"a": "b"}, "startsAt": "2026-11-22T10:00:00Z", "endsAt": "2026-11-22T09:00:00Z"}]"#, "[null]",
    ], TestDatabase.all)
  func `What is wrong is answered as upstream does, with 400 and a text`(_ body: String, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let answer = try await bench.send(.post, Self.path + "/alerts", body, token: bench.token(.ingest))
      #expect(answer.status == 400 && answer.json.string?.isEmpty == false, "\(answer.text)")
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }

  /// Failure: amtool shows a problem document as an unknown content type, and not what is wrong.
  @Test(arguments: [
    ("POST", "/alerts", Role?.none, "[]", 401), ("POST", "/alerts", .viewer, "[]", 403),
    ("GET", "/silences", .ingest, nil, 403), ("GET", "/silence/ffffffff", .viewer, nil, 404),
    ("GET", "/nothing", .viewer, nil, 404), ("GET", "/alerts/nothing/else", nil, nil, 404),
    ("DELETE", "/alerts", .responder, nil, 405),
    ("POST", "/alerts", .ingest, String(repeating: " ", count: Limits.largestBody + 1), 413),
    ("POST", "/alerts", .ingest, "text", 415), ("POST", "/silences", .responder, "{}", 400),
    ("POST", "/alerts", .ingest, "away", 503),
  ])
  func `Every refusal is a text in JSON, with the headers of any other`(
    _ method: String, _ path: String, _ role: Role?, _ body: String?, _ status: Int
  ) async throws {
    // A file can be taken away.
    try await TestDatabase.sqlite.run { bench in
      let others = try await bench.token(.admin)
      let token = if let role, role != .admin { try await bench.token(role) } else { role == nil ? nil : others }
      let headers: HTTPFields = body == "text" ? [.contentType: "text/plain"] : [:]
      let isAway = body == "away"
      if isAway { try FileManager.default.moveItem(atPath: bench.path, toPath: bench.path + ".away") }
      let answer = try await bench.send(
        HTTPRequest.Method(method)!, Self.path + path, isAway ? Self.alert : body, token: token, headers)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.headers[.contentType] == "application/json")
      #expect(answer.json.string?.isEmpty == false, "\(answer.text)")
      #expect((answer.headers[.wwwAuthenticate] != nil) == (status == 401))
      #expect((answer.headers[.retryAfter] != nil) == (status == 503))
      #expect((answer.headers[.allow] != nil) == (status == 405))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Good alerts are taken though others of the delivery are not`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let body = Self.alert.replacing("[{", with: #"[{"labels": {}}, {"#)
      let answer = try await bench.send(.post, Self.path + "/alerts", body, token: bench.token(.ingest))
      let kept = try await bench.incidents.alerts().items
      #expect(answer.status == 400 && kept.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Silences made, read, changed and ended there are Tocsin's`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let viewer = try await bench.token(.viewer)
      _ = try await bench.send(.post, Self.path + "/alerts", Self.alert, token: token)
      let made = try await bench.send(.post, Self.path + "/silences", Self.silence, token: token)
      let id = try #require(made.json["silenceID"].string)
      let silence = try await bench.incidents.silence(id)
      #expect(silence.matchers == ["host=~\"db.*\""] && silence.createdBy == "the responder: ana")
      let shown = try await bench.send(.get, Self.path + "/silence/\(id)", token: viewer).json
      #expect(shown["status"]["state"] == "active" && shown["matchers"][0]["isRegex"] == true)
      let alerts = try await bench.send(.get, Self.path + "/alerts", token: viewer).json
      #expect(alerts[0]["status"]["state"] == "suppressed" && alerts[0]["status"]["silencedBy"][0].string == id)
      for (query, count) in [
        ("?silenced=false", 0), ("?active=false", 1), ("?filter=host%3D%22db1%22", 1),
        ("?filter=host=db1&filter=host=db2", 0),
        ("?receiver=toc.*", 1), ("?receiver=other", 0),
      ] {
        #expect(
          try await bench.send(.get, Self.path + "/alerts" + query, token: viewer).json.count == count, "\(query)")
      }
      let groups = try await bench.send(.get, Self.path + "/alerts/groups", token: viewer).json
      #expect(groups[0]["labels"]["alertname"] == "DiskFull" && groups[0]["alerts"].count == 1)
      let longer = Self.silence.replacing("{\"matchers", with: "{\"id\": \"\(id)\", \"matchers").replacing(
        "18:00", with: "19:00")
      #expect(try await bench.send(.post, Self.path + "/silences", longer, token: token).json["silenceID"].string == id)
      #expect(try await bench.send(.delete, Self.path + "/silence/\(id)", token: token).status == 200)
      #expect(try await bench.incidents.silence(id).state == .expired)
      let all = try await bench.send(.get, Self.path + "/silences?filter=host=~%22db.*%22", token: viewer).json
      #expect(all.count == 1 && all[0]["status"]["state"] == "expired")
      #expect(try await bench.send(.get, Self.path + "/silence/ffffffff", token: viewer).status == 404)
      #expect(try await bench.send(.get, Self.path + "/alerts?active=odd", token: viewer).status == 400)
      #expect(try await bench.send(.post, Self.path + "/silences", "{}", token: token).status == 400)
      #expect(try await bench.send(.get, Self.path + "/receivers", token: viewer).json[0]["name"] == "tocsin")
      #expect(try await bench.send(.get, Self.path + "/status", token: viewer).json["cluster"]["status"] == "disabled")
    }
  }
}
