import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite("Metrics")
struct MetricsTests {
  @Test("An empty database has every severity and status at zero, and no times", arguments: TestDatabase.all)
  func empty(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let metrics = try await bench.incidents.metrics(startDate: "2026-02-27", endDate: "2026-03-01")
      let none = "{\"max\":null,\"mean\":null,\"n\":0,\"p50\":null,\"p75\":null,\"p90\":null}"
      let expected =
        "{\"acknowledge_time_minutes\":\(none),\"avg_resolution_time_hours\":null,\"by_package\":{},"
        + "\"by_severity\":{\"CRITICAL\":0,\"HIGH\":0,\"LOW\":0,\"MEDIUM\":0},"
        + "\"by_status\":{\"CLOSED\":0,\"CREATED\":0,\"INVESTIGATING\":0,\"MONITORING\":0},"
        + "\"incidents_by_day\":{\"2026-02-27\":0,\"2026-02-28\":0,\"2026-03-01\":0},"
        + "\"resolution_time_hours\":\(none),\"total_incidents\":0}"
      #expect(try JSON.encode(metrics) == expected)
      #expect(try await bench.incidents.metrics().incidentsByDay.isEmpty)
    }
  }

  @Test(
    "Names of packages stay as they are", arguments: ["myPackage", "UPPER_CASE", "with space", "é", "a.b/c-d", "42"],
    TestDatabase.all)
  func packages(_ package: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.create(title: "x", severity: .low, package: package)
      let metrics = try await bench.incidents.metrics()
      #expect(metrics.byPackage == [package: 1])
      #expect(try JSON.encode(metrics).replacing("\\/", with: "/").contains("\"by_package\":{\"\(package)\":1}"))
    }
  }

  @Test("Two packages that differ only in how é is written do not break the counts", arguments: TestDatabase.all)
  func equivalent(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for package in ["caf\u{E9}", "cafe\u{301}"] {
        try await bench.incidents.create(title: "x", severity: .low, package: package)
      }
      #expect(try await bench.incidents.metrics().byPackage.values.reduce(0, +) == 2)
    }
  }

  @Test("Both days count in full, to the millisecond, in UTC", arguments: TestDatabase.all)
  func inclusive(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for time in [
        "2028-02-28T23:59:59.999Z", "2028-02-29T00:00:00.000Z", "2028-03-01T23:59:59.999Z", "2028-03-02T00:00:00.000Z",
      ] {
        bench.clock.set(try #require(UTC.parseRFC3339(time)))
        try await bench.incident()
      }
      let metrics = try await bench.incidents.metrics(startDate: "2028-02-29", endDate: "2028-03-01")
      #expect(metrics.totalIncidents == 2)
      #expect(metrics.incidentsByDay == ["2028-02-29": 1, "2028-03-01": 1])
    }
  }

  @Test("Without dates the range is from the first incident's day to today", arguments: TestDatabase.all)
  func defaultRange(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      bench.clock.set(try #require(UTC.parseRFC3339("2026-12-30T12:00:00Z")))
      try await bench.incident()
      bench.clock.set(try #require(UTC.parseRFC3339("2027-01-02T12:00:00Z")))
      let expected = ["2026-12-30": 1, "2026-12-31": 0, "2027-01-01": 0, "2027-01-02": 0]
      #expect(try await bench.incidents.metrics().incidentsByDay == expected)
      #expect(try await bench.incidents.metrics(startDate: "2027-01-01").incidentsByDay.count == 2)
      #expect(try await bench.incidents.metrics(endDate: "2026-12-31").incidentsByDay.count == 2)
      #expect(try await bench.incidents.metrics(startDate: "2027-06-01").incidentsByDay == ["2027-06-01": 0])
    }
  }

  @Test("Merged incidents count in totals, not in times", arguments: TestDatabase.all)
  func merged(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid)
      bench.clock.advance(by: 3600)
      try await bench.incidents.merge(b, into: a)
      var metrics = try await bench.incidents.metrics()
      #expect(metrics.totalIncidents == 2 && metrics.byStatus["CLOSED"] == 1)
      #expect(metrics.avgResolutionTimeHours == nil && metrics.resolutionTimeHours.n == 0)
      #expect(metrics.acknowledgeTimeMinutes.n == 0)
      bench.clock.advance(by: 3600)
      try await bench.incidents.close(a)
      metrics = try await bench.incidents.metrics()
      #expect(metrics.avgResolutionTimeHours == 2 && metrics.acknowledgeTimeMinutes.max == 120)
    }
  }

  @Test("A reopened incident is not resolved", arguments: TestDatabase.all)
  func reopened(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident(in: .closed).incidentGuid
      try await bench.incidents.updateStatus(guid, to: .investigating)
      let metrics = try await bench.incidents.metrics()
      #expect(metrics.resolutionTimeHours.n == 0 && metrics.acknowledgeTimeMinutes.n == 1)
    }
  }

  @Test(
    "A bad day or range is refused and names the field",
    arguments: [
      ("2026-02-29", nil, "start_date"), ("yesterday", nil, "start_date"), ("2026-1-1", nil, "start_date"),
      (nil, "2026-13-01", "end_date"), (nil, "2026-01-01T00:00:00Z", "end_date"),
      ("2026-01-02", "2026-01-01", "start_date"), ("1900-01-01", "2026-01-01", "start_date"),
      ("0001-01-01", nil, "start_date"),
    ] as [(String?, String?, String)])
  func refused(_ start: String?, _ end: String?, _ field: String) async throws {
    try await TestDatabase.runEach { bench in
      let failure = await LimitTests.refusal { _ = try await bench.incidents.metrics(startDate: start, endDate: end) }
      #expect(failure?.code == .invalid && failure?.field == field)
    }
  }

  @Test("Percentiles lie between the values, linearly")
  func percentiles() {
    let one = Distribution([4])
    #expect(one.n == 1 && one.mean == 4 && one.p50 == 4 && one.p90 == 4 && one.max == 4)
    let four = Distribution([40, 10, 30, 20])
    #expect(four.mean == 25 && four.p50 == 25 && four.p75 == 32.5 && four.p90 == 37 && four.max == 40)
    #expect(Distribution([]).p50 == nil)
  }
}
