import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct JSONMappingTests {
  private static let now = UTC.parseRFC3339("2026-11-21T16:28:03Z")!

  private static func places(_ texts: [String]) throws -> [JSONMapping.Place] {
    try texts.map { $0.hasPrefix("/") ? .pointer(try JSONPointer($0)) : .constant($0) }
  }

  private static func mapping(_ fields: [JSONMapping.Field: [String]]) throws -> JSONMapping {
    var mapping = JSONMapping()
    mapping.fields = try fields.mapValues(places)
    return mapping
  }

  /// That of docs/alerts.md.
  private static func kuma() throws -> JSONMapping {
    var mapping = try mapping([
      .title: ["/monitor/name", "/msg"], .dedupKey: ["/monitor/id", "test"], .status: ["/heartbeat/status", "0"],
      .description: ["/msg"], .url: ["/monitor/url"], .severity: ["CRITICAL"],
    ])
    mapping.resolvedWhen = ["1"]
    mapping.labels = ["host": try places(["/monitor/hostname"]), "type": try places(["/monitor/type"])]
    return mapping
  }

  /// Failure: a sender that repeats itself, with the time of each delivery, opens its closed incident again.
  @Test(arguments: TestDatabase.all)
  func `The time of a repetition is no new beginning`(_ engine: TestDatabase) async throws {
    let mapping = try Self.mapping([
      .title: ["/t"], .dedupKey: ["/k"], .status: ["/s"], .time: ["/at"], .severity: ["HIGH"],
    ])
    func alert(_ status: String, _ minute: Int) throws -> ReceivedAlert {
      let body = #"{"t":"Down","k":"1","s":"\#(status)","at":"2026-11-21T10:0\#(minute):00Z"}"#
      return try mapping.alerts(in: Data(body.utf8), name: "check", now: Self.now)[0]
    }
    try await engine.run { bench in
      let guid = try #require(try await bench.incidents.receive([alert("firing", 0)]).opened.first)
      try await bench.incidents.close(guid)
      let later = [try alert("firing", 1), try alert("firing", 2)]
      #expect(try await bench.incidents.receive(later).opened.isEmpty)
      try await bench.incidents.receive([alert("resolved", 3)])
      let known = try #require(try await bench.incidents.alerts().items.first)
      #expect(known.startsAt == UTC.parseRFC3339("2026-11-21T10:00:00Z"))
      #expect(known.endsAt == UTC.parseRFC3339("2026-11-21T10:03:00Z"))
      let next = try alert("firing", 4)
      #expect(try await bench.incidents.receive([next]).opened.count == 1)
    }
  }

  /// What Uptime Kuma posts (server/notification-providers/webhook.js, server/model/heartbeat.js), shortened.
  private static func kumaBody(_ status: Int) -> Data {
    Data(
      """
      {"heartbeat": {"monitorID": 10, "status": \(status), "time": "2022-01-21 14:06:38", "msg": "timeout",
        "important": true, "duration": 0},
       "monitor": {"id": 10, "name": "Intranet", "url": "https://intranet.example.com", "method": "GET", "body": null,
        "hostname": null, "port": null, "maxretries": 0, "weight": 2000, "active": 1, "type": "http", "interval": 60},
       "msg": "[Intranet] [🔴 Down] timeout"}
      """.utf8)
  }

  @Test(arguments: TestDatabase.all)
  func `Uptime Kuma's webhook opens an incident, and its end resolves it`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let mapping = try Self.kuma()
      let down = try mapping.alerts(in: Self.kumaBody(0), name: "uptime-kuma", now: Self.now)
      #expect(
        down == [
          ReceivedAlert(
            source: "json/uptime-kuma", dedupKey: "10", status: .firing, severity: .critical, package: "uptime-kuma",
            title: "Intranet", description: "[Intranet] [🔴 Down] timeout", labels: ["type": "http"],
            groupKey: "json/uptime-kuma:10", url: "https://intranet.example.com")
        ])
      let guid = try #require(try await bench.incidents.receive(down).opened.first)
      let up = try mapping.alerts(in: Self.kumaBody(1), name: "uptime-kuma", now: Self.now)
      try await bench.incidents.receive(up)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.resolved])
    }
  }

  /// Uptime Kuma's button "Test" sends neither monitor nor heartbeat.
  @Test func `A constant stands in for what is not there`() throws {
    let body = Data(#"{"heartbeat":null,"monitor":null,"msg":"Testing"}"#.utf8)
    let alert = try #require(try Self.kuma().alerts(in: body, name: "uptime-kuma", now: Self.now).first)
    #expect(alert.title == "Testing" && alert.dedupKey == "test" && alert.status == .firing)
  }

  /// A body of Healthchecks' placeholders (healthchecks.io/docs/configuring_notifications, "Webhooks"), filled in.
  @Test(arguments: TestDatabase.all)
  func `Healthchecks' webhook opens an incident, and a late repetition does not fire it again`(_ engine: TestDatabase)
    async throws
  {
    var mapping = try Self.mapping([
      .title: ["/name"], .dedupKey: ["/code"], .status: ["/status"], .time: ["/now"],
    ])
    mapping.resolvedWhen = ["up"]
    mapping.labels = ["tags": try Self.places(["/tags"])]
    func alerts(_ status: String, _ time: String) throws -> [ReceivedAlert] {
      let body = """
        {"code": "803f680d-e89b-492b-82ef-2be7b774a92d", "name": "Database Backup", "status": "\(status)",
         "tags": "production db", "now": "2026-11-21T\(time)+00:00"}
        """
      return try mapping.alerts(in: Data(body.utf8), name: "healthchecks", now: Self.now)
    }
    try await engine.run { bench in
      let down = try alerts("down", "10:00:00")
      #expect(down[0].title == "Database Backup" && down[0].labels == ["tags": "production db"])
      let guid = try #require(try await bench.incidents.receive(down).opened.first)
      try await bench.incidents.receive(alerts("up", "10:05:00"))
      try await bench.incidents.receive(down)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.status == .resolved && alert.endsAt.map(JSON.time) == "2026-11-21T10:05:00.000Z")
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
    }
  }

  @Test func `A list inside the document is read item by item, with severities by the sender's own words`() throws {
    var mapping = try Self.mapping([.title: ["/text"], .severity: ["/level"], .startsAt: ["/at"], .endsAt: ["/end"]])
    mapping.items = try JSONPointer("/data/problems")
    mapping.severities = ["5": .critical, "warn": .low]
    mapping.labelObject = try JSONPointer("/tags")
    mapping.expiresIn = 600
    let body = """
      {"data": {"problems": [{"text": "A", "level": 5, "at": 1763742483, "tags": {"host": "a", "n": 1}},
        {"text": "B", "level": "WARN", "at": "1763742483120"}, {"text": "C", "level": "warning", "at": null}]}}
      """
    let alerts = try mapping.alerts(in: Data(body.utf8), name: "x", now: Self.now)
    #expect(alerts.map(\.severity) == [.critical, .low, .medium])
    #expect(
      alerts.map { $0.startsAt.map(JSON.time) } == ["2025-11-21T16:28:03.000Z", "2025-11-21T16:28:03.120Z", nil])
    #expect(alerts[0].labels == ["host": "a", "n": "1"] && alerts[1].labels.isEmpty)
    #expect(alerts.allSatisfy { $0.expiresAt == Self.now + 600 })
  }

  @Test(arguments: [
    (#"{"list":[{"t":"a","k":"b","s":"c"},{"k":"b","s":"c"}]}"#, "/list/1/t", "is missing"),
    (#"{"list":[{"t":"a","s":"c"}]}"#, "/list/0/k", "is missing"),
    (#"{"list":[{"t":"a","k":"b","s":null}]}"#, "/list/0/s", "is missing"),
    (#"{"list":[{"t":["a"],"k":"b","s":"c"}]}"#, "/list/0/t", "must be a text"),
    (#"{"list":[{"t":"a","k":"b","s":"c","at":"yesterday"}]}"#, "/list/0/at", "is no time"),
    (#"{"list":["a"]}"#, "/list/0", "must be an object"), (#"{"list":{}}"#, "/list", "must be a list"),
    ("{}", "/list", "is missing"), ("[]", "/list", "is missing"),
  ])
  func `What a mapping looks for in vain is refused at its place`(
    _ body: String, _ pointer: String, _ words: String
  ) throws {
    var mapping = try Self.mapping([
      .title: ["/t"], .dedupKey: ["/k"], .status: ["/s"], .description: ["/d"], .url: ["/u"], .startsAt: ["/at"],
    ])
    mapping.items = try JSONPointer("/list")
    let failure = try #require(throws: Failure.self) {
      try mapping.alerts(in: Data(body.utf8), name: "x", now: Self.now)
    }
    #expect(failure.code == .invalid && failure.field == pointer && failure.message.contains(words), "\(failure)")
  }
}
