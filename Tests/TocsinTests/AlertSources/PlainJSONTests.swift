import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct PlainJSONTests {
  private static let now = UTC.parseRFC3339("2026-11-21T16:28:03Z")!

  static func alerts(_ text: String) throws -> [ReceivedAlert] {
    try PlainJSON.alerts(in: Data(text.utf8), now: now)
  }

  @Test func `Every member is read`() throws {
    let alerts = try Self.alerts(
      """
      {"dedup_key": "backup-db1", "title": "Backup failed", "description": "exit 2", "severity": "critical",
       "package": "BACKUP", "status": "Firing", "labels": {"host": "db1", "disk": 3}, "group": "backups",
       "url": "https://ci.example.com/7", "starts_at": "2026-11-21T10:00:00+01:00", "expires_in": "2h", "unknown": [1]}
      """)
    #expect(
      alerts == [
        ReceivedAlert(
          source: "json", dedupKey: "backup-db1", status: .firing, severity: .critical, package: "BACKUP",
          title: "Backup failed", description: "exit 2", labels: ["host": "db1", "disk": "3"],
          groupKey: "json:backups", url: "https://ci.example.com/7",
          startsAt: UTC.parseRFC3339("2026-11-21T09:00:00Z"), expiresAt: Self.now + 7200)
      ])
  }

  /// Failure: a job that ends an alert by its key alone is refused, and the alert fires for ever.
  @Test(arguments: TestDatabase.all)
  func `An end needs no title where there is a key, and changes no words`(_ engine: TestDatabase) async throws {
    let fires = try Self.alerts(
      #"{"dedup_key":"k","title":"Down","severity":"warning","package":"P","starts_at":"2026-11-21T10:00:00Z"}"#)
    let end = try Self.alerts(#"{"dedup_key":"k","status":"RESOLVED","starts_at":"2026-11-21T10:00:00Z"}"#)
    for text in [#"{"status":"resolved"}"#, #"{"dedup_key":"k"}"#, #"{"dedup_key":"k","status":"firing"}"#] {
      let failure = #expect(throws: Failure.self) { try Self.alerts(text) }
      #expect(failure?.field == "/title")
    }
    try await engine.run { bench in
      try await bench.incidents.receive(fires + end)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.status == .resolved && alert.title == "Down" && alert.severity == .medium && alert.package == "P")
      // Also one that begins later than what is known.
      var later = end
      later[0].startsAt = UTC.parseRFC3339("2026-11-21T11:00:00Z")
      try await bench.incidents.receive(later)
      #expect(try await bench.incidents.alerts().items.map(\.title) == ["Down"])
    }
  }

  @Test func `A title is enough: the alert fires, is HIGH, and is known by title, package and labels`() throws {
    let alert = try #require(try Self.alerts(#"{"title": "Down"}"#).first)
    #expect(alert.status == .firing && alert.severity == .high && alert.package == "json" && alert.startsAt == nil)
    #expect(alert.expiresAt == nil && alert.labels.isEmpty)
    let others = try Self.alerts(
      #"[{"title":"Down","labels":{"host":"a","x":"y"}},{"labels":{"x":"y","host":"a"},"title":"Down"},{"title":"Up"}]"#
    )
    #expect(others[0].dedupKey == others[1].dedupKey)
    #expect(Set(([alert] + others).map(\.dedupKey)).count == 3)
  }

  @Test(arguments: [
    (#"{"title":"T","severity":"warning"}"#, Severity.medium),
    (#"{"title":"T","labels":{"severity":"p1"}}"#, .critical),
    (#"{"title":"T","severity":"odd"}"#, .high), (#"{"title":"T","severity":null}"#, .high),
  ])
  func `Severities are read as from everybody else`(_ text: String, _ severity: Severity) throws {
    #expect(try Self.alerts(text).map(\.severity) == [severity])
  }

  @Test func `A number or a truth value will do for a text`() throws {
    let alert = try #require(try Self.alerts(#"{"title":42,"dedup_key":17,"description":true}"#).first)
    #expect(alert.title == "42" && alert.dedupKey == "17" && alert.description == "true")
  }

  @Test(arguments: [
    ("[1]", ""), ("1", ""), ("{}", "/title"), (#"[{"title":"T"},{"title":" "}]"#, "/1/title"),
    (#"{"title":["T"]}"#, "/title"), (#"{"title":"T","status":"on"}"#, "/status"),
    (#"{"title":"T","labels":["a"]}"#, "/labels"), (#"{"title":"T","starts_at":"now"}"#, "/starts_at"),
    (#"{"title":"T","expires_in":"soon"}"#, "/expires_in"), (#"{"title":"T","expires_in":0}"#, "/expires_in"),
    (#"{"title":"T","expires_in":1e3}"#, "/expires_in"),
    (#"{"title":"T","expires_in":9223372036854775807}"#, "/expires_in"),
    (#"{"title":"T","expires_in":"999999999d"}"#, "/expires_in"),
  ])
  func `A bad value is refused at its place`(_ text: String, _ pointer: String) throws {
    let failure = try #require(throws: Failure.self) { try Self.alerts(text) }
    #expect(failure.code == .invalid && (failure.field == pointer || text == "[1]"), "\(failure)")
  }

  @Test(arguments: TestDatabase.all)
  func `A list is taken in whole, an empty one too`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      #expect(try await bench.incidents.receive(Self.alerts("[]")).received == 0)
      let intake = try await bench.incidents.receive(
        Self.alerts(#"[{"title":"A","group":"g"},{"title":"B","group":"g"},{"title":"C","severity":"low"}]"#))
      #expect(intake.received == 3 && intake.opened.count == 1 && intake.alertGuids.count == 3)
      #expect(try await bench.events(of: intake.opened[0]) == [.incidentCreated, .alertLinked, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What fires and resolves without times opens one incident each time`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (fires, ends) = (#"{"title":"Down"}"#, #"{"title":"Down","status":"resolved"}"#)
      let first = try await bench.incidents.receive(Self.alerts(fires)).opened
      bench.clock.advance(by: 60)
      #expect(try await bench.incidents.receive(Self.alerts(fires)).opened.isEmpty)
      try await bench.incidents.receive(Self.alerts(ends))
      try await bench.incidents.receive(Self.alerts(ends))
      #expect(try await bench.events(of: first[0]) == [.incidentCreated, .alertLinked, .alertResolved])
      try await bench.incidents.close(first[0])
      bench.clock.advance(by: 60)
      #expect(try await bench.incidents.receive(Self.alerts(fires)).opened.count == 1)
      #expect(try await bench.incidents.alerts().items.map(\.count) == [5])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `One that expires resolves by itself unless it comes again`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      func alert() throws -> [ReceivedAlert] {
        try PlainJSON.alerts(in: Data(#"{"title":"Down","expires_in":600}"#.utf8), now: bench.clock.now)
      }
      let guid = try await bench.incidents.receive(alert()).opened[0]
      bench.clock.advance(by: 500)
      try await bench.incidents.receive(alert())
      bench.clock.advance(by: 500)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.firing])
      bench.clock.advance(by: 101)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.resolved])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
    }
  }
}
