import Foundation
import TestSupport
import Testing

@testable import Tocsin

/// A rule with `flap: {changes: 3, within: 10m}` and `close_when_resolved: true`.
@Suite struct AlertFlapTests {
  private typealias Sample = AlertIntakeTests

  private static func settings() throws -> Incidents.Settings {
    AlertRuleTests.settings(
      try AlertRuleTests.rule([]) {
        $0.flap = Frequency(count: 3, window: 600)
        $0.closesWhenResolved = true
      })
  }

  /// Fires and resolves once a minute, `times` times, and fires once more.
  private static func comeAndGo(_ times: Int, from start: Double = 0, _ bench: TestBench) async throws {
    for number in 0..<times {
      try await bench.incidents.receive([Sample.alert("a", at: start + Double(number))])
      bench.clock.advance(by: 30)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: start + Double(number))])
      bench.clock.advance(by: 30)
    }
    try await bench.incidents.receive([Sample.alert("a", at: start + Double(times))])
  }

  private static func alert(_ bench: TestBench) async throws -> Alert {
    try #require(try await bench.incidents.alerts().items.first { $0.dedupKey == "a" })
  }

  /// Failure: a link that comes and goes all night wakes people each time.
  @Test(arguments: TestDatabase.all)
  func `An alert that flaps is told of once; its coming and going writes nothing, closes nothing and opens nothing`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.settings()) { bench in
      try await Self.comeAndGo(2, bench)
      let incidents = try await bench.incidents.list().items
      #expect(incidents.count == 3)
      let last = try #require(try await Sample.open(bench.incidents).first).incidentGuid
      let events: [EventType] = [.incidentCreated, .alertLinked, .alertFlapping]
      #expect(try await bench.events(of: last) == events)
      let told = try await bench.incidents.timeline(of: last).last?.description
      #expect(told?.contains("it began to fire 3 times within 10m") == true)
      bench.clock.advance(by: 60)
      try await Self.comeAndGo(20, from: 10, bench)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: 30)])
      #expect(try await bench.incidents.list().items.count == 3)
      #expect(try await bench.incidents.get(last).status == .created)
      #expect(try await bench.events(of: last) == events)
      let alert = try await Self.alert(bench)
      #expect(alert.status == .resolved && alert.count == 47 && alert.flappingSince != nil)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `When it has been quiet for the window and has resolved, that is noted and its incident closes`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.settings()) { bench in
      try await Self.comeAndGo(2, bench)
      let guid = try #require(try await Sample.open(bench.incidents).first).incidentGuid
      bench.clock.advance(by: 300)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: 2)])
      bench.clock.advance(by: 299)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.get(guid).status == .created)
      bench.clock.advance(by: 1)
      _ = try await bench.incidents.checkAlerts()
      let alert = try await Self.alert(bench)
      #expect(alert.flappingSince == nil && alert.flappingUntil == nil && alert.status == .resolved)
      #expect(try await bench.incidents.get(guid).status == .closed)
      #expect(
        try await bench.events(of: guid).suffix(3) == [.alertFlapping, .alertResolved, .incidentClosed])
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.events(of: guid).count == 5)
      // Like new: the next firing opens an incident.
      #expect(try await bench.incidents.receive([Sample.alert("a", at: 90)]).opened.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `When it has been quiet for the window and fires, its incident says so`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings()) { bench in
      try await Self.comeAndGo(2, bench)
      let guid = try #require(try await Sample.open(bench.incidents).first).incidentGuid
      bench.clock.advance(by: 600)
      // Also when a delivery comes before anybody looked at the clock.
      try await bench.incidents.receive([Sample.alert("a", at: 2)])
      #expect(try await Self.alert(bench).flappingSince == nil)
      let events = try await bench.incidents.timeline(of: guid)
      #expect(events.suffix(2).map(\.eventType) == [.alertFlapping, .alertFlapping])
      #expect(events.last?.description.hasSuffix("no longer flaps; it fires") == true)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: 2)])
      #expect(try await bench.events(of: guid).suffix(2) == [.alertResolved, .incidentClosed])
    }
  }

  /// Failure: people close the incident, the alert comes back while it flaps and stays, and nobody hears of it.
  @Test(arguments: [(true, 2), (false, 1)])
  func `If its incident was closed meanwhile, a firing after that opens another in the end`(
    _ fires: Bool, _ expected: Int
  ) async throws {
    var settings = try Self.settings()
    settings.alertRules[0].closesWhenResolved = false
    try await TestDatabase.runEach(settings: settings) { bench in
      try await Self.comeAndGo(2, bench)
      let guid = try #require(try await Sample.open(bench.incidents).first).incidentGuid
      bench.clock.advance(by: 60)
      try await bench.incidents.close(guid)
      bench.clock.advance(by: 60)
      if fires { #expect(try await bench.incidents.receive([Sample.alert("a", at: 50)]).opened == []) }
      bench.clock.advance(by: 600)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.list().items.count == expected)
      let open = try await Sample.open(bench.incidents)
      #expect(open.count == expected - 1)
      for incident in open {
        #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `While one alert flaps, the end of another does not close their incident`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings()) { bench in
      try await bench.incidents.receive([Sample.alert("b")])
      try await Self.comeAndGo(2, bench)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: 2)])
      let guid = try #require(try await Sample.open(bench.incidents).first).incidentGuid
      try await bench.incidents.receive([Sample.alert("b", .resolved)])
      #expect(try await bench.incidents.get(guid).status == .created)
      let event = try #require(try await bench.incidents.timeline(of: guid).last)
      #expect(event.eventType == .alertResolved && event.description.hasSuffix("1 still firing"))
      bench.clock.advance(by: 600)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.get(guid).status == .closed)
      #expect(try await bench.events(of: guid).suffix(2) == [.alertResolved, .incidentClosed])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Whoever took a flapping alert on is not forgotten, and graver news get through`(
    _ engine: TestDatabase
  ) async throws {
    var settings = try Self.settings()
    settings.alertRules[0].closesWhenResolved = false
    try await engine.run(settings: settings) { bench in
      for number in 0..<3 {
        try await bench.incidents.receive([Sample.alert("a", severity: .low, at: Double(number))])
      }
      let alert = try await Self.alert(bench)
      #expect(alert.flappingSince != nil)
      #expect(try await bench.incidents.list().items.isEmpty)
      try await bench.incidents.acknowledgeAlert(alert.alertGuid, by: "dba1")
      try await bench.incidents.receive([
        Sample.alert("a", .resolved, severity: .low, at: 2), Sample.alert("a", severity: .low, at: 3),
      ])
      #expect(try await Self.alert(bench).acknowledgedBy == "dba1")
      let opened = try await bench.incidents.receive([Sample.alert("a", severity: .critical, at: 4)]).opened
      #expect(opened.count == 1)
      #expect(try await bench.events(of: opened[0]) == [.incidentCreated, .alertLinked])
    }
  }
}
