import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct CloudEventsTests {
  private static let now = UTC.parseRFC3339("2026-11-21T16:28:03Z")!

  private static func structured(_ text: String) throws -> ReceivedAlert {
    try CloudEvents.alerts(structured: Data(text.utf8), now: now)[0]
  }

  private static func event(_ more: String, type: String = "com.example.backup.failed", id: String = "17") -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/backups/db1","type":"\#(type)"\#(more)}"#
  }

  @Test func `Members of the data in our own words go first`() throws {
    let alert = try Self.structured(
      Self.event(
        #"""
        ,"subject":"db1","time":"2026-11-21T10:00:00Z","datacontenttype":"application/json","severitytext":"WARN",
        "data":{"title":"Backup failed","dedup_key":"b1","severity":"critical","package":"BACKUP","group":"g",
          "labels":{"host":"db1"},"description":"exit 2","url":"https://x"}
        """#))
    var expected = ReceivedAlert(
      source: "cloudevents", dedupKey: "/backups/db1 b1", status: .firing, severity: .critical, package: "BACKUP",
      title: "Backup failed", description: "exit 2",
      labels: [
        "host": "db1", "source": "/backups/db1", "type": "com.example.backup.failed", "subject": "db1",
        "severitytext": "WARN",
      ], groupKey: "cloudevents:g", url: "https://x", startsAt: UTC.parseRFC3339("2026-11-21T10:00:00Z"))
    expected.statesStart = false
    #expect(alert == expected)
  }

  @Test func `Without them type and subject make the title, and source and id the key`() throws {
    let alert = try Self.structured(Self.event(#","subject":"db1","data":{"code":2},"severitytext":"WARN""#))
    #expect(alert.title == "com.example.backup.failed: db1" && alert.description == #"{"code":2}"#)
    #expect(alert.dedupKey == "/backups/db1 17" && alert.package == "/backups/db1" && alert.severity == .medium)
    #expect(alert.groupKey == "cloudevents:/backups/db1 com.example.backup.failed db1")
    #expect(try Self.structured(Self.event("")).title == "com.example.backup.failed")
    #expect(try Self.structured(Self.event(#","data":"words""#)).description == "words")
  }

  private static func disk(
    _ minute: Int, _ state: String = "firing", severity: String = "high", more: String = ""
  ) throws -> ReceivedAlert {
    try structured(
      event(
        #","subject":"db1","time":"2026-11-21T10:\#(minute < 10 ? "0" : "")\#(minute):00Z","severity":"\#(severity)"\#(more)"#,
        type: "com.example.disk.\(state)", id: "\(minute)"))
  }

  /// Failure: each repetition says when it was sent, and counts as another firing: it opens an incident again after people
  /// closed theirs, and makes a steady alert flap.
  @Test(arguments: TestDatabase.all)
  func `A repetition with a later time is the same firing, unless it says when that began`(_ engine: TestDatabase)
    async throws
  {
    let flap = AlertRuleTests.settings(try AlertRuleTests.rule([]) { $0.flap = Frequency(count: 3, window: 600) })
    try await engine.run(settings: flap) { bench in
      let guid = try #require(try await bench.incidents.receive([Self.disk(0)]).opened.first)
      try await bench.incidents.receive([Self.disk(1), Self.disk(2), Self.disk(3)])
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(
        alert.flappingSince == nil && alert.count == 4 && alert.startsAt == UTC.parseRFC3339("2026-11-21T10:00:00Z"))
      try await bench.incidents.close(guid)
      let later = (try Self.disk(4), try Self.disk(20))
      #expect(try await bench.incidents.receive([later.0]).opened.isEmpty)
      // Its end, and a repetition that was overtaken by it.
      try await bench.incidents.receive([Self.disk(9, "resolved"), Self.disk(8)])
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.resolved])
      #expect(try await bench.incidents.receive([later.1]).opened.count == 1)
      let stated = try Self.disk(30, more: #","data":{"starts_at":"2026-11-21T10:25:00Z"}"#)
      #expect(stated.startsAt == UTC.parseRFC3339("2026-11-21T10:25:00Z"))
      try await bench.incidents.receive([stated])
      #expect(try await bench.incidents.alerts().items.first?.startsAt == stated.startsAt)
    }
  }

  /// Failure: it was overtaken by one that is less grave, only counts, and nobody hears of it.
  @Test(arguments: TestDatabase.all)
  func `A graver one with an earlier time raises the severity, as a repetition does`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.incidents.receive([Self.disk(5, severity: "warning")])
      let guid = try #require(try await bench.incidents.receive([Self.disk(4, severity: "critical")]).opened.first)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.severity == .critical && alert.status == .firing && alert.count == 2)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  /// Failure: each failed check counts towards a threshold, but is taken for a repetition.
  @Test(arguments: TestDatabase.all)
  func `For a threshold each of them counts`(_ engine: TestDatabase) async throws {
    let rule = AlertRuleTests.settings(try AlertRuleTests.rule([]) { $0.threshold = Frequency(count: 3, window: 600) })
    try await engine.run(settings: rule) { bench in
      let checks = try (0..<3).map { try Self.disk($0) }
      #expect(try await bench.incidents.receive(Array(checks.prefix(2))).opened.isEmpty)
      #expect(try await bench.incidents.receive([checks[2]]).opened.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A type that ends in a state pairs its end with its beginning`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let fires = try Self.structured(
        Self.event(#","subject":"db1","time":"2026-11-21T10:00:00Z""#, type: "com.example.disk.firing", id: "1"))
      let ends = try Self.structured(
        Self.event(#","subject":"db1","time":"2026-11-21T10:05:00Z""#, type: "com.example.disk.Resolved", id: "2"))
      #expect(fires.dedupKey == ends.dedupKey && fires.status == .firing && ends.status == .resolved)
      let guid = try #require(try await bench.incidents.receive([fires]).opened.first)
      try await bench.incidents.receive([ends])
      // The first delivery, repeated by a sender that saw no answer.
      try await bench.incidents.receive([fires])
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.resolved])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The same event again only counts up, and others of its kind join its incident`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let first = try Self.structured(Self.event(""))
      let intake = try await bench.incidents.receive([first, first, try Self.structured(Self.event("", id: "18"))])
      #expect(intake.opened.count == 1)
      #expect(try await bench.incidents.alerts().items.map(\.count) == [1, 2])
      #expect(try await bench.events(of: intake.opened[0]) == [.incidentCreated, .alertLinked, .alertLinked])
    }
  }

  @Test(arguments: [
    (#","data_base64":"eyJ0aXRsZSI6IlQifQ==""#, "T"),
    (#","data_base64":"VA==","datacontenttype":"application/octet-stream""#, "com.example.backup.failed"),
    (#","data":null"#, "com.example.backup.failed"),
    (#","data":"{\"title\":\"T\"}""#, "com.example.backup.failed"),
  ])
  func `Data may be base64; a text is never read as JSON`(_ more: String, _ title: String) throws {
    #expect(try Self.structured(Self.event(more)).title == title)
  }

  @Test func `An event may say when it expires`() throws {
    #expect(
      try Self.structured(Self.event(#","expirytime":"2026-11-21T18:00:00Z""#)).expiresAt
        == UTC.parseRFC3339("2026-11-21T18:00:00Z"))
    #expect(
      try Self.structured(Self.event(#","expirytime":"2026-11-21T18:00:00Z","data":{"expires_in":60}"#)).expiresAt
        == Self.now + 60)
  }

  @Test func `Headers are unquoted and percent-decoded once`() throws {
    let headers = [
      "ce-specversion": "1.0", "ce-id": "%2541", "ce-source": "\"/a \\\"b\\\"\"", "ce-type": "t",
      "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80",
    ]
    let alert = try CloudEvents.alerts(binary: Data("hello".utf8), headers: headers, type: "text/plain", now: Self.now)[
      0]
    #expect(alert.dedupKey == "/a \"b\" %41" && alert.title == "t: Euro € 😀" && alert.description == "hello")
  }

  @Test func `A batch is read in order, an empty one too`() throws {
    #expect(try CloudEvents.alerts(batch: Data("[]".utf8), now: Self.now).isEmpty)
    let batch = "[\(Self.event("")),\(Self.event("", id: "18"))]"
    #expect(try CloudEvents.alerts(batch: Data(batch.utf8), now: Self.now).count == 2)
    let failure = try #require(throws: Failure.self) {
      try CloudEvents.alerts(batch: Data("[\(Self.event("")),{}]".utf8), now: Self.now)
    }
    #expect(failure.field == "/1/specversion")
  }

  @Test(arguments: [
    (#"{"id":"1","source":"s","type":"t"}"#, "/specversion"),
    (#"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#, "/specversion"),
    (#"{"specversion":"1.0","source":"s","type":"t"}"#, "/id"),
    (#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#, "/id"),
    (#"{"specversion":"1.0","id":"1","source":null,"type":"t"}"#, "/source"),
    (#"{"specversion":"1.0","id":"1","source":"s"}"#, "/type"),
    (#"{"specversion":"1.0","id":"1","source":"s","type":{}}"#, "/type"),
    (#"{"specversion":"1.0","id":"1","source":"s","type":"t","time":"now"}"#, "/time"),
    (#"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"}"#, "/data_base64"),
    (#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":""}"#, "/data_base64"),
    (#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"status":"odd"}}"#, "/data/status"),
    ("[]", ""),
  ])
  func `What is no CloudEvent 1.0 is refused at its place`(_ text: String, _ pointer: String) throws {
    let failure = try #require(throws: Failure.self) { try Self.structured(text) }
    #expect(failure.code == .invalid && failure.field == pointer, "\(failure)")
  }

  @Test(arguments: [
    (["ce-id": "1", "ce-source": "s", "ce-type": "t"], "ce-specversion", Failure.Code.invalid),
    (["ce-specversion": "1.0", "ce-source": "s", "ce-type": "t"], "ce-id", .invalid),
    (["ce-specversion": "1.0", "ce-id": "%C0%A0", "ce-source": "s", "ce-type": "t"], "ce-id", .malformed),
  ])
  func `A bad header is refused by its name`(
    _ headers: [String: String], _ name: String, _ code: Failure.Code
  ) throws {
    let failure = try #require(throws: Failure.self) {
      try CloudEvents.alerts(binary: Data(), headers: headers, type: nil, now: Self.now)
    }
    #expect(failure.code == code && failure.field == name, "\(failure)")
  }
}
