import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct HeartbeatTests {
  /// Every 5 minutes, with a minute's grace.
  private static let draft = HeartbeatDraft(interval: 300, grace: 60, severity: .critical, package: "BACKUP")

  /// What the watcher of a server does that has listened since long ago.
  private static func check(_ incidents: Incidents) async throws {
    _ = try await incidents.checkHeartbeats(listeningSince: .distantPast)
  }

  private static func open(_ incidents: Incidents) async throws -> [Incident] {
    try await incidents.list().items.filter { $0.status != .closed }
  }

  @Test(arguments: TestDatabase.all)
  func `One that is never called is late by interval and grace after it was made`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let made = try await incidents.setHeartbeat("backup", Self.draft, by: "ana")
      #expect(made.dueAt == bench.clock.now + 360 && made.createdBy == "ana" && made.lastBeatAt == nil)
      bench.clock.advance(by: 359.999)
      try await Self.check(incidents)
      #expect(try await incidents.alerts().items.isEmpty)
      bench.clock.advance(by: 0.001)
      try await Self.check(incidents)
      let alert = try #require(try await incidents.alerts().items.first)
      #expect(alert.source == "heartbeat" && alert.dedupKey == "backup" && alert.status == .firing)
      #expect(alert.severity == .critical && alert.package == "BACKUP" && alert.startsAt == made.dueAt)
      let incident = try #require(try await Self.open(incidents).first)
      #expect(incident.title == "No heartbeat from backup" && incident.description?.contains("every 5m; none") == true)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
      let late = try await incidents.heartbeat("backup")
      #expect(late.dueAt == nil && late.missedAt == bench.clock.now)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A call in time keeps it quiet`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("backup", Self.draft)
      for _ in 0..<5 {
        bench.clock.advance(by: 359)
        let beat = try await bench.incidents.beat("backup")
        #expect(beat.lastBeatAt == bench.clock.now && beat.dueAt == bench.clock.now + 360)
        try await Self.check(bench.incidents)
      }
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A late call resolves the alert, and the next silence fires it again`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      try await incidents.setHeartbeat("backup", Self.draft)
      bench.clock.advance(by: 400)
      try await Self.check(incidents)
      let guid = try await Self.open(incidents)[0].incidentGuid
      bench.clock.advance(by: 100)
      try await incidents.beat("backup")
      #expect(try await incidents.alerts().items.map(\.status) == [.resolved])
      #expect(try await incidents.heartbeat("backup").missedAt == nil)
      // Another call is nothing new.
      try await incidents.beat("backup")
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
      bench.clock.advance(by: 360)
      try await Self.check(incidents)
      try await Self.check(incidents)
      #expect(try await incidents.alerts().items.map(\.status) == [.firing])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Many watchers at once, in processes of their own, make one alert`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<20 { try await bench.incidents.setHeartbeat("job-\(number)", Self.draft) }
      bench.clock.advance(by: 361)
      let clock = bench.clock
      let others = try await withThrowingTaskGroup(of: Incidents.self) { group in
        for _ in 0..<4 {
          group.addTask { try await Incidents.open(bench.path, ambience: Ambience(now: { clock.now })) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for incidents in others { for _ in 0..<5 { group.addTask { try await Self.check(incidents) } } }
        try await group.waitForAll()
      }
      let alerts = try await bench.incidents.alerts().items
      #expect(alerts.count == 20 && alerts.allSatisfy { $0.count == 1 })
      #expect(try await Self.open(bench.incidents).count == 20)
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 40)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A call and a watcher at once leave the alert resolved or never made`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let clock = bench.clock
      let other = try await Incidents.open(bench.path, ambience: Ambience(now: { clock.now }))
      try await bench.incidents.setHeartbeat("backup", Self.draft)
      for _ in 0..<30 {
        bench.clock.advance(by: 360)
        async let beat = bench.incidents.beat("backup")
        async let check: Void = Self.check(other)
        _ = try await (beat, check)
        #expect(try await bench.incidents.alerts().items.allSatisfy { $0.status == .resolved })
        #expect(try await bench.incidents.heartbeat("backup").dueAt == bench.clock.now + 360)
      }
    }
  }

  /// Failure: after an hour's outage of Tocsin, everybody is paged for jobs that called in vain.
  @Test(arguments: [(300.0, 360.0), (86_400, 3660)])
  func `What was expected while nobody listened gets another interval, but at most an hour, and its grace`(
    _ interval: Double, _ patience: Double
  ) async throws {
    try await TestDatabase.runEach { bench in
      let incidents = bench.incidents
      try await incidents.setHeartbeat("job", HeartbeatDraft(interval: Int(interval), grace: 60))
      bench.clock.advance(by: interval + 3000)
      let start = bench.clock.now
      _ = try await incidents.checkHeartbeats(listeningSince: start)
      #expect(try await incidents.heartbeat("job").dueAt == start + patience)
      bench.clock.advance(by: patience - 1)
      _ = try await incidents.checkHeartbeats(listeningSince: start)
      #expect(try await incidents.alerts().items.isEmpty)
      bench.clock.advance(by: 1)
      _ = try await incidents.checkHeartbeats(listeningSince: start)
      #expect(try await incidents.alerts().items.map(\.status) == [.firing])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What was expected after the start is late at its own time`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setHeartbeat("job", Self.draft)
      bench.clock.advance(by: 299)
      let start = bench.clock.now
      bench.clock.advance(by: 61)
      _ = try await bench.incidents.checkHeartbeats(listeningSince: start)
      #expect(try await bench.incidents.alerts().items.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Deleting, turning off and more patience resolve the alert`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      for name in ["deleted", "off", "patient", "still"] { try await incidents.setHeartbeat(name, Self.draft) }
      bench.clock.advance(by: 400)
      try await Self.check(incidents)
      #expect(try await Self.open(incidents).count == 4)
      try await incidents.deleteHeartbeat("deleted")
      try await incidents.setHeartbeat("off", HeartbeatDraft(interval: 300, isEnabled: false))
      let patient = try await incidents.setHeartbeat("patient", HeartbeatDraft(interval: 3600))
      #expect(patient.missedAt == nil && patient.dueAt == patient.createdAt + 3660)
      let still = try await incidents.setHeartbeat("still", HeartbeatDraft(interval: 310), by: "ana")
      #expect(still.missedAt != nil && still.dueAt == nil && still.updatedBy == "ana")
      var filter = AlertFilter()
      filter.status = .firing
      #expect(try await incidents.alerts(filter).items.map(\.dedupKey) == ["still"])
      for incident in try await Self.open(incidents) where !incident.title.hasSuffix("still") {
        #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked, .alertResolved])
      }
      // One that is off is called in vain, and never late.
      #expect(try await incidents.beat("off").dueAt == nil)
      bench.clock.advance(by: 10_000)
      _ = try await incidents.beat("patient")
      try await Self.check(incidents)
      #expect(try await incidents.alerts(filter).items.map(\.dedupKey) == ["still"])
      // Turned on again, it counts from now.
      let on = try await incidents.setHeartbeat("off", Self.draft)
      #expect(on.dueAt == bench.clock.now + 360)
      await #expect(throws: Failure.self) { try await incidents.beat("deleted") }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Rules apply to it as to any alert`(_ engine: TestDatabase) async throws {
    var settings = Incidents.Settings.quick
    var rule = AlertRule()
    rule.matchers = [try LabelMatcher("heartbeat=~\"nightly-.*\"")]
    rule.severity = .low
    settings.alertRules = [rule]
    try await engine.run(settings: settings) { bench in
      try await bench.incidents.setHeartbeat("nightly-backup", Self.draft)
      bench.clock.advance(by: 400)
      try await Self.check(bench.incidents)
      #expect(try await bench.incidents.alerts().items.map(\.severity) == [.low])
      #expect(try await Self.open(bench.incidents).isEmpty)
    }
  }

  @Test(
    arguments: ["", "a b", "-a", "a/b", "status", "é", String(repeating: "a", count: 101), "a\n"], TestDatabase.all)
  func `A name that is no part of an address is refused`(_ name: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = try await #require(throws: Failure.self) {
        try await bench.incidents.setHeartbeat(name, Self.draft)
      }
      #expect(failure.code == .invalid && failure.field == "heartbeat_name")
      #expect(try await bench.incidents.heartbeats().items.isEmpty)
    }
  }

  @Test(arguments: [(9, 0), (31_622_401, 0), (10, -1), (10, 604_801)])
  func `Spans out of range are refused`(_ interval: Int, _ grace: Int) async throws {
    try await TestDatabase.runEach { bench in
      await #expect(throws: Failure.self) {
        try await bench.incidents.setHeartbeat("a", HeartbeatDraft(interval: interval, grace: grace))
      }
    }
  }
}
