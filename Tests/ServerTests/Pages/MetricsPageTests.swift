import Foundation
import Storage
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct MetricsPageTests {
  private static let charts = ["days", "acknowledge", "resolve", "severity", "status", "package"]

  private static func fill(_ bench: TestBench, _ count: Int = 40) async throws {
    bench.clock.set(try #require(UTC.parseRFC3339("2026-11-01T10:00:00Z")))
    for number in 0..<count {
      bench.clock.advance(by: 36_000)
      let guid = try await bench.incidents.create(
        title: "x", severity: Severity.allCases[number % 4], package: number % 3 == 0 ? "=cmd|<b>\"," : "WEB"
      ).incidentGuid
      bench.clock.advance(by: Double(number * number))
      if number % 5 != 0 { try await bench.incidents.updateStatus(guid, to: .investigating) }
      bench.clock.advance(by: Double(number * 100))
      if number % 2 == 0 { try await bench.incidents.close(guid) }
    }
  }

  /// Failure: somebody copies other numbers than those that they see.
  @Test(arguments: ["", "&package=WEB", "&start_date=2026-11-03&end_date=2026-11-10", "&start_date="])
  func `The CSV has the numbers of the table below the chart, and both those of the database`(_ query: String)
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      try await Self.fill(bench)
      let page = try await reader.get("/incident-metrics?" + query.dropFirst())
      #expect(page.status == 200 && page.holdsNothingForeign() && !page.text.contains("style="))
      for chart in Self.charts {
        let link = try #require(
          page.text.firstMatch(of: try Regex("href=\"(/incident-metrics\\.csv\\?[^\"]*chart=\(chart))\""))?.output[1]
            .substring)
        let answer = try await reader.get(String(link).replacing("&amp;", with: "&"))
        #expect(answer.status == 200 && answer.headers[.contentType]?.hasPrefix("text/csv") == true)
        #expect(answer.headers[.contentDisposition]?.contains("attachment") == true)
        let rows = answer.text.split(separator: "\r\n").dropFirst()
        let table = try #require(
          page.text.components(separatedBy: "id=\"\(chart)-data\"").last?.components(separatedBy: "</table>").first)
        let numbers = table.matches(of: /<td>(\d+)<\/td>/).map { String($0.1) }
        let written = rows.flatMap { $0.matches(of: /,(\d+)(?=,|$)/).map { String($0.1) } }
        #expect(!rows.isEmpty && written == numbers, "\(chart)")
      }
      let dates = query.contains("end_date") ? ("2026-11-03", "2026-11-10") : (nil, nil) as (String?, String?)
      let counted = try await bench.incidents.metrics(
        package: query.contains("WEB") ? "WEB" : nil, startDate: dates.0, endDate: dates.1)
      let status = try await reader.get("/incident-metrics.csv?chart=status" + query).text
      for (name, count) in counted.byStatus { #expect(status.contains("\(name),\(count)\r\n"), "\(query)") }
    }
  }

  /// Failure: a package's name runs as a formula in the spreadsheet of whoever opens the file.
  @Test func `A name that looks like a formula is text in the CSV`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      try await Self.fill(bench)
      let csv = try await reader.get("/incident-metrics.csv?chart=package").text
      #expect(csv.contains("\"'=cmd|<b>\"\",\",14\r\n"), "\(csv)")
    }
  }

  @Test func `It begins with the last 30 days, and takes what the address says`() async throws {
    try await TestDatabase.sqlite.run { bench in
      bench.clock.set(try #require(UTC.parseRFC3339("2026-03-01T10:00:00Z")))
      let reader = try await PageReader(bench)
      try await bench.incident()
      let page = try await reader.get("/incident-metrics").text
      #expect(page.contains("value=\"2026-01-31\"") && page.contains("value=\"2026-03-01\""))
      #expect(page.matches(of: /<th scope="row">2026-/).count == 30)
      for bad in ["start_date=2026-02-30", "start_date=2026-03-02&end_date=2026-03-01", "end_date=x%3Cb%3E"] {
        let page = try await reader.get("/incident-metrics?" + bad)
        #expect(page.status == 422 && page.text.contains("id=\"problem\"") && page.holdsNothingForeign(), "\(bad)")
        #expect(try await reader.get("/incident-metrics.csv?chart=days&" + bad).status == 422)
      }
      #expect(try await reader.get("/incident-metrics.csv?chart=bogus").status == 422)
      #expect(try await reader.get("/incident-metrics?package=none").text.contains("class=\"empty\""))
    }
  }

  /// Failure: a median of three incidents is taken for how long it takes.
  @Test func `Under ten durations there is no percentile, and the page says so`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      for _ in 0..<9 { _ = try await bench.incident(in: .closed) }
      try await bench.incident()
      let few = try await reader.get("/incident-metrics").text
      #expect(few.contains("n = 9: no median or percentiles for fewer than 10.") && !few.contains("class=\"mark\""))
      #expect(few.contains("1 goes on, so far for 0 s."))
      _ = try await bench.incident(in: .closed)
      let enough = try await reader.get("/incident-metrics").text
      #expect(enough.contains("n = 10, median 0 s") && enough.contains("class=\"mark\"") && enough.contains("p90 0 s"))
    }
  }

  @Test(arguments: [(1, "day"), (120, "day"), (121, "week"), (1000, "week"), (1101, "month"), (4501, "year")])
  func `Days become weeks, months and years, without losing an incident`(_ count: Int, _ unit: String) throws {
    let first = try #require(UTC.parseDay("2023-12-30"))
    let days = (0..<count).map { index in
      IncidentFigures.Day(
        day: UTC.day(first + Double(index) * 86_400), bySeverity: [.low: index % 3, .critical: index % 2])
    }
    let bins = DayBins(days)
    #expect(bins.unit.rawValue == unit && bins.bins.count <= 161)
    #expect(bins.bins.reduce(0) { $0 + $1.total } == days.reduce(0) { $0 + $1.total })
    #expect(
      Set(bins.bins.map(\.name)).count == bins.bins.count && bins.bins.map(\.name).sorted() == bins.bins.map(\.name))
    if unit == "week" {
      // A Monday, and the Monday after.
      #expect(bins.bins.prefix(2).map(\.name) == ["2023-12-25", "2024-01-01"])
      #expect(bins.bins[1].total == (2..<9).reduce(0) { $0 + $1 % 3 + $1 % 2 })
    }
    #expect(bins.labels.count <= 6 && bins.labels.last?.text == bins.bins.last?.name)
  }
}
