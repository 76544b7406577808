import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct AlertThresholdTests {
  private typealias Sample = AlertIntakeTests

  private static func settings(
    _ count: Int, _ set: (inout AlertRule) -> Void = { _ in }
  ) throws -> Incidents.Settings {
    AlertRuleTests.settings(
      try AlertRuleTests.rule([]) {
        $0.threshold = Frequency(count: count, window: 600)
        set(&$0)
      })
  }

  @Test(arguments: TestDatabase.all)
  func `An incident opens with the nth firing of its group, and all that fire are linked to it`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.settings(3)) { bench in
      let first = try await bench.incidents.receive([Sample.alert("a"), Sample.alert("x", group: "other")])
      // Repetitions and late deliveries are no firings.
      let again = try await bench.incidents.receive([Sample.alert("a"), Sample.alert("a", at: -5)])
      bench.clock.advance(by: 300)
      let second = try await bench.incidents.receive([Sample.alert("b", severity: .critical)])
      #expect(first.opened + again.opened + second.opened == [])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 0)
      let opened = try await bench.incidents.receive([Sample.alert("c")]).opened
      #expect(opened.count == 1)
      let guid = try #require(opened.first)
      let incident = try await bench.incidents.get(guid)
      #expect(incident.severity == .critical && incident.title == "Alert b", "the gravest leads")
      let keys = try await bench.incidents.alerts(of: guid).compactMap { $0.alert?.dedupKey }
      #expect(keys.sorted() == ["a", "b", "c"])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertLinked, .alertLinked])
      #expect(try await bench.incidents.receive([Sample.alert("d")]).opened == [])
      #expect(try await bench.incidents.alerts(of: guid).count == 4)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Firings before the window, and those that have resolved, do not count or are not linked`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.settings(3)) { bench in
      try await bench.incidents.receive([Sample.alert("old")])
      bench.clock.advance(by: 600)
      try await bench.incidents.receive([Sample.alert("a"), Sample.alert("a", .resolved), Sample.alert("b")])
      #expect(try await Sample.open(bench.incidents).isEmpty)
      let guid = try #require(try await bench.incidents.receive([Sample.alert("c")]).opened.first)
      let keys = try await bench.incidents.alerts(of: guid).compactMap { $0.alert?.dedupKey }
      #expect(keys.sorted() == ["b", "c"])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `After its incident was closed a group's count begins anew`(_ engine: TestDatabase) async throws {
    try await engine.run(settings: Self.settings(2)) { bench in
      let guid = try #require(
        try await bench.incidents.receive([Sample.alert("a"), Sample.alert("b")]).opened.first)
      try await bench.incidents.close(guid)
      #expect(try await bench.incidents.receive([Sample.alert("c")]).opened == [])
      let next = try await bench.incidents.receive([Sample.alert("d")]).opened
      #expect(next.count == 1 && next != [guid])
      #expect(try await bench.events(of: next[0]) == [.incidentCreated, .alertLinked, .alertLinked])
      #expect(try await bench.events(of: guid).last == .incidentClosed)
    }
  }

  /// Failure: a check that fails now and then, sent by a script that never says since when, opens incidents for ever.
  @Test(arguments: TestDatabase.all)
  func `Of a sender that says no start each repetition counts until the alert has its incident`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.settings(3)) { bench in
      var alert = Sample.alert("a")
      alert.startsAt = nil
      for _ in 0..<2 { #expect(try await bench.incidents.receive([alert]).opened == []) }
      let opened = try await bench.incidents.receive([alert]).opened
      #expect(opened.count == 1)
      bench.clock.advance(by: 1)
      try await bench.incidents.close(opened[0])
      for _ in 0..<5 { #expect(try await bench.incidents.receive([alert]).opened == []) }
      #expect(try await bench.events(of: opened[0]) == [.incidentCreated, .alertLinked, .incidentClosed])
      #expect(try await bench.incidents.alerts().items.map(\.count) == [8])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What could not open an incident does not count, and nothing is written without a threshold`(
    _ engine: TestDatabase
  ) async throws {
    let rows = "SELECT count(*) FROM tocsin_alert_occurrence"
    try await engine.run(settings: Self.settings(2)) { bench in
      let low = [Sample.alert("a", severity: .low), Sample.alert("b", severity: .medium)]
      #expect(try await bench.incidents.receive(low).opened == [])
      #expect(try await bench.integer(rows) == 0)
      try await bench.incidents.receive([Sample.alert("c")])
      #expect(try await bench.integer(rows) == 1)
      bench.clock.advance(by: 600)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.integer(rows) == 0)
      try await bench.with().receive([Sample.alert("d", group: "other")])
      #expect(try await bench.integer(rows) == 0)
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 2)
    }
  }
}
