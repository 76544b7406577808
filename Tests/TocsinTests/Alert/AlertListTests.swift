import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct AlertListTests {
  private static func filter(_ set: (inout AlertFilter) -> Void) -> AlertFilter {
    var filter = AlertFilter()
    set(&filter)
    return filter
  }

  private static func keys(_ incidents: Incidents, _ set: (inout AlertFilter) -> Void) async throws -> [String] {
    try await incidents.alerts(filter(set)).items.map(\.dedupKey)
  }

  @Test(arguments: TestDatabase.all)
  func `Conditions hold together, and the order stays that of first arrival`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      var other = AlertIntakeTests.alert("other", severity: .low)
      (other.source, other.package) = ("json", "WEB")
      for alert in [
        AlertIntakeTests.alert("a", severity: .low), AlertIntakeTests.alert("b", severity: .critical), other,
      ] {
        bench.clock.advance(by: 1)
        try await incidents.receive([alert])
      }
      try await incidents.receive([AlertIntakeTests.alert("a", .resolved, severity: .low)])
      let guid = try await incidents.alerts().items[1].alertGuid
      try await incidents.acknowledgeAlert(guid, by: "ana")
      #expect(try await Self.keys(incidents) { _ in } == ["other", "b", "a"])
      #expect(try await Self.keys(incidents) { $0.status = .firing } == ["other", "b"])
      #expect(try await Self.keys(incidents) { $0.severity = .low } == ["other", "a"])
      #expect(try await Self.keys(incidents) { $0.source = "json" } == ["other"])
      #expect(try await Self.keys(incidents) { $0.package = "DATABASE" } == ["b", "a"])
      #expect(try await Self.keys(incidents) { $0.acknowledged = true } == ["b"])
      #expect(try await Self.keys(incidents) { $0.acknowledged = false } == ["other", "a"])
      #expect(
        try await Self.keys(incidents) {
          $0.status = .firing
          $0.severity = .low
          $0.package = "WEB"
        } == ["other"])
      #expect(try await Self.keys(incidents) { $0.source = "" } == ["other", "b", "a"])
    }
  }

  /// Failure: an alert that nobody works on is missing where people look for such.
  @Test(arguments: TestDatabase.all)
  func `Those that a silence holds, and those without an open incident, are found`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      let incidents = bench.incidents
      let draft = SilenceDraft([try LabelMatcher("host=held")], endsAt: bench.clock.now + 600)
      let silence = try await incidents.createSilence(draft)
      for (key, severity, labels) in [
        ("low", Severity.low, [:]), ("open", .high, [:]), ("closed", .high, [:]), ("held", .high, ["host": "held"]),
      ] {
        bench.clock.advance(by: 1)
        try await incidents.receive([AlertIntakeTests.alert(key, severity: severity, group: key, labels: labels)])
      }
      let closed = try #require(try await incidents.list().items.first { $0.title == "Alert closed" })
      try await incidents.close(closed.incidentGuid)
      #expect(try await Self.keys(incidents) { $0.silenced = true } == ["held"])
      #expect(try await Self.keys(incidents) { $0.silence = silence.silenceGuid } == ["held"])
      #expect(try await Self.keys(incidents) { $0.silence = "none" } == [])
      #expect(try await Self.keys(incidents) { $0.silenced = false } == ["closed", "open", "low"])
      #expect(try await Self.keys(incidents) { $0.hasOpenIncident = true } == ["open"])
      #expect(try await Self.keys(incidents) { $0.hasOpenIncident = false } == ["held", "closed", "low"])
      let alerts = try await incidents.alerts().items
      let linked = try await incidents.incidents(ofAlerts: alerts.map(\.alertGuid) + ["none"])
      for alert in alerts {
        let details = try await incidents.details(ofAlert: alert.alertGuid)
        #expect(linked[alert.alertGuid] ?? [] == details.incidents)
      }
      #expect(try await incidents.incidents(ofAlerts: []).isEmpty)
      try await incidents.expireSilence(silence.silenceGuid)
      _ = try await incidents.checkAlerts()
      #expect(try await Self.keys(incidents) { $0.silenced = true } == [])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Pages of a filtered list lose and repeat nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<25 {
        bench.clock.advance(by: 1)
        try await bench.incidents.receive([
          AlertIntakeTests.alert("\(number)", severity: number % 2 == 0 ? .low : .medium)
        ])
      }
      var (seen, cursor): ([String], String?) = ([], nil)
      repeat {
        let page = try await bench.incidents.alerts(
          Self.filter { $0.severity = .low }, page: PageRequest(limit: 4, cursor: cursor))
        seen += page.items.map(\.dedupKey)
        cursor = page.nextCursor
      } while cursor != nil
      #expect(seen == stride(from: 24, through: 0, by: -2).map { "\($0)" })
    }
  }

  @Test func `A status is found by its index, in the list's order`() async throws {
    // By SQLite's words for its plans.
    try await TestDatabase.sqlite.run { bench in
      var list = PagedList.alerts
      list.conditions = Self.filter { $0.status = .firing }.conditions
      let query = list.query(limit: 50)
      let plan = try await bench.incidents.database.read {
        try $0.rows("EXPLAIN QUERY PLAN " + query.sql, query.values).map { try $0.text("detail") }
      }
      #expect(plan.count == 1 && plan[0].contains("data_alert_idx_status"), "\(plan)")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert is found by its guid or its start, with its incidents`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let first = try await incidents.receive([AlertIntakeTests.alert("a")]).opened[0]
      let guid = try #require(try await incidents.alerts().items.last?.alertGuid)
      try await incidents.receive([AlertIntakeTests.alert("b", severity: .low, group: "h")])
      bench.clock.advance(by: 1)
      let second = try await bench.incident().incidentGuid
      try await incidents.linkAlert(guid, to: second, by: "ana")
      for id in [guid, guid.uppercased(), String(guid.prefix(20))] {
        let details = try await incidents.details(ofAlert: id)
        #expect(details.alert.dedupKey == "a" && details.incidents.map(\.incidentGuid) == [second, first])
        #expect(details.incidents[0].linkedBy == "ana" && details.incidents[0].incidentTitle == "Database down")
        #expect(try JSON.decode(AlertDetails.self, from: Data(JSON.encode(details).utf8)) == details)
      }
      for (id, code) in [
        ("01", Failure.Code.notFound), (String(guid.prefix(13)), .invalid), ("ffffff", .notFound), ("?", .notFound),
      ] {
        let failure = try await #require(throws: Failure.self) { try await incidents.details(ofAlert: id) }
        #expect(failure.code == code, "\(id): \(failure)")
      }
    }
  }
}
