import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite("Alert intake")
struct AlertIntakeTests {
  static let start = UTC.parseRFC3339("2026-11-21T10:00:00Z")!

  static func alert(
    _ key: String, _ status: AlertStatus = .firing, severity: Severity = .high, group: String = "g",
    at minutes: Double = 0,
    labels: [String: String] = [:]
  ) -> ReceivedAlert {
    ReceivedAlert(
      source: "alertmanager", dedupKey: key, status: status, severity: severity, package: "DATABASE",
      title: "Alert \(key)", description: "What \(key) means", labels: labels, groupKey: group, url: nil,
      startsAt: start + minutes * 60, endsAt: nil)
  }

  static func open(_ incidents: Incidents) async throws -> [Incident] {
    try await incidents.list().items.filter { $0.status != .closed }
  }

  @Test(
    "HIGH and CRITICAL open an incident; LOW and MEDIUM are kept, not opened", arguments: Severity.allCases,
    TestDatabase.all)
  func opens(_ severity: Severity, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let intake = try await bench.incidents.receive([Self.alert("a", severity: severity)])
      #expect(intake.received == 1)
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.status == .firing && alert.count == 1 && alert.severity == severity)
      let expectsIncident = severity == .critical || severity == .high
      #expect(intake.opened.count == (expectsIncident ? 1 : 0))
      if let guid = intake.opened.first {
        let incident = try await bench.incidents.get(guid)
        #expect(incident.title == "Alert a" && incident.severity == severity && incident.package == "DATABASE")
        #expect(try await bench.incidents.alerts(of: guid).first?.alert == alert)
        #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
      } else {
        #expect(try await Self.open(bench.incidents).isEmpty)
      }
    }
  }

  @Test("The same alert again only counts up", arguments: TestDatabase.all)
  func deduplicates(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try await bench.incidents.receive([Self.alert("a")])
      bench.clock.advance(by: 60)
      let again = try await bench.incidents.receive([Self.alert("a"), Self.alert("a")])
      #expect(again.received == 2 && again.opened.isEmpty)
      let alerts = try await bench.incidents.alerts().items
      #expect(alerts.map(\.count) == [3])
      #expect(alerts.first?.lastSeenAt == bench.clock.now)
      #expect(try await bench.events(of: first.opened[0]) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("The same key from another source is another alert", arguments: TestDatabase.all)
  func sources(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      var other = Self.alert("a", group: "h")
      other.source = "grafana"
      let intake = try await bench.incidents.receive([Self.alert("a"), other])
      #expect(intake.opened.count == 2)
      #expect(try await bench.incidents.alerts().items.count == 2)
      for guid in intake.opened { #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked]) }
    }
  }

  @Test("Alerts of one group share an incident, low ones too; other groups get their own", arguments: TestDatabase.all)
  func groups(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let intake = try await bench.incidents.receive([
        Self.alert("a"), Self.alert("b"), Self.alert("c", severity: .low), Self.alert("d", group: "other"),
      ])
      #expect(intake.opened.count == 2)
      let links = try await bench.incidents.alerts(of: intake.opened[0])
      #expect(Set(links.compactMap { $0.alert?.dedupKey }) == ["a", "b", "c"])
      #expect(
        try await bench.events(of: intake.opened[0]) == [.incidentCreated, .alertLinked, .alertLinked, .alertLinked])
    }
  }

  @Test("After a close, the group's next alert opens a new incident", arguments: TestDatabase.all)
  func afterClose(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try await bench.incidents.receive([Self.alert("a")]).opened
      try await bench.incidents.close(first[0])
      let second = try await bench.incidents.receive([Self.alert("b")]).opened
      #expect(second.count == 1 && second != first)
      #expect(try await bench.events(of: second[0]) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("After a merge, the group's next alert joins the target", arguments: TestDatabase.all)
  func afterMerge(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let source = try await bench.incidents.receive([Self.alert("a")]).opened[0]
      let target = try await bench.incident().incidentGuid
      try await bench.incidents.merge(source, into: target)
      #expect(try await bench.incidents.receive([Self.alert("b")]).opened.isEmpty)
      #expect(try await bench.incidents.alerts(of: target).count == 2)
      #expect(try await bench.events(of: target).last == .alertLinked)
    }
  }

  @Test("A resolve is noted, the last one says so, and the incident stays open", arguments: TestDatabase.all)
  func resolves(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incidents.receive([Self.alert("a"), Self.alert("b")]).opened[0]
      try await bench.incidents.receive([Self.alert("a", .resolved)])
      try await bench.incidents.receive([Self.alert("a", .resolved)])
      try await bench.incidents.receive([Self.alert("b", .resolved)])
      let events = try await bench.incidents.timeline(of: guid)
      let resolved = events.filter { $0.eventType == .alertResolved }
      #expect(events.count == 5 && resolved.count == 2)
      #expect(resolved[0].description.contains("1 still firing"))
      #expect(resolved[1].description.contains("all alerts"))
      #expect(try await bench.incidents.get(guid).status == .created)
      #expect(try await bench.incidents.alerts().items.allSatisfy { $0.status == .resolved && $0.endsAt != nil })
    }
  }

  @Test("An alert that fires again while its incident is open is noted there", arguments: TestDatabase.all)
  func firesAgain(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incidents.receive([Self.alert("a")]).opened[0]
      try await bench.incidents.receive([Self.alert("a", .resolved)])
      let intake = try await bench.incidents.receive([Self.alert("a", at: 10)])
      #expect(intake.opened.isEmpty)
      #expect(try await bench.incidents.alerts().items.first?.status == .firing)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved, .alertLinked])
      #expect(try await bench.incidents.alerts(of: guid).count == 1)
    }
  }

  @Test("An alert that comes back worse is judged by what it says now", arguments: TestDatabase.all)
  func worse(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      try await incidents.receive([Self.alert("a", severity: .low), Self.alert("a", .resolved, severity: .low)])
      let opened = try await incidents.receive([Self.alert("a", severity: .critical, at: 10)]).opened
      #expect(opened.count == 1)
      #expect(try await incidents.alerts().items.first?.severity == .critical)
      let guid = try #require(opened.first)
      #expect(try await incidents.get(guid).severity == .critical)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("A late or repeated delivery changes nothing but the count", arguments: TestDatabase.all)
  func reordered(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let guid = try await incidents.receive([Self.alert("a", at: 5)]).opened[0]
      try await incidents.receive([Self.alert("a", .resolved, at: 5)])
      let events = try await bench.events(of: guid)
      try await incidents.receive([Self.alert("a", at: 5), Self.alert("a", at: 0), Self.alert("a", .resolved, at: 0)])
      let alert = try #require(try await incidents.alerts().items.first)
      #expect(alert.status == .resolved && alert.count == 5)
      #expect(try await bench.events(of: guid) == events)
      // A resolve that was overtaken by the next firing.
      try await incidents.receive([Self.alert("a", at: 10), Self.alert("a", .resolved, at: 5)])
      #expect(try await incidents.alerts().items.first?.status == .firing)
    }
  }

  @Test("A resolve of what never fired here is kept and opens nothing", arguments: TestDatabase.all)
  func resolveFirst(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let intake = try await bench.incidents.receive([Self.alert("a", .resolved, severity: .critical)])
      #expect(intake.opened.isEmpty)
      #expect(try await bench.incidents.alerts().items.map(\.status) == [.resolved])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 0)
    }
  }
}
