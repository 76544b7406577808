import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only: this is about pages, which no engine decides.
@Suite struct IncidentListPageTests {
  @Test func `The list shows what is open, and its address holds every filter`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      for status in Status.allCases { _ = try await bench.incident(in: status) }
      let other = try await bench.incidents.create(
        title: "Other", severity: .low, package: "WEB & co", assignedTo: "ada")
      func statuses(_ query: String) async throws -> [String] {
        let page = try await bench.send(.get, "/incidents\(query)", by: &ada)
        #expect(page.status == 200, "\(query)")
        // All were created at one moment.
        return page.text.matches(of: /<tr id="i-[^"]+">.*?class="status (\w+)"/).map { String($0.1) }.sorted()
      }
      #expect(try await statuses("") == ["CREATED", "CREATED", "INVESTIGATING", "MONITORING"])
      #expect(try await statuses("?status=all").count == 5)
      #expect(try await statuses("?status=closed") == ["CLOSED"])
      #expect(try await statuses("?severity=LOW&package=WEB+%26+co&assigned_to=ada") == ["CREATED"])
      // Whoever searches means the closed ones too.
      #expect(try await statuses("?search=database").count == 4)
      #expect(try await statuses("?since=1h&status=all").count == 5)
      #expect(try await statuses("?until=2020-01-01") == [])
      let page = try await bench.send(.get, "/incidents?package=WEB+%26+co", by: &ada).text
      #expect(page.contains("href=\"/incidents?status=CLOSED&amp;package=WEB%20%26%20co\""))
      #expect(page.contains("/incidents/\(other.incidentGuid)\""))
    }
  }

  @Test(arguments: ["status=odd", "severity=odd", "since=odd", "until=32h1", "cursor=odd"])
  func `A filter that is wrong is said on the page, and the others stay`(_ query: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let page = try await bench.send(.get, "/incidents?package=KEPT&\(query)", by: &ada)
      #expect(page.status == 422 && page.text.contains("id=\"problem\"") && page.text.contains("value=\"KEPT\""))
    }
  }

  @Test func `Pages of the list hold every incident once`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      for number in 0..<120 { try await bench.incident("\(number)") }
      var (path, seen): (String?, [String]) = ("/incidents", [])
      while let next = path {
        let page = try await bench.send(.get, next, by: &ada).text
        seen += page.matches(of: /<tr id="i-([^"]+)"/).map { String($0.1) }
        path = page.firstMatch(of: /href="(\/incidents\?cursor=[^"]+)"/).map { String($0.1) }
      }
      #expect(seen.count == 120 && Set(seen).count == 120)
    }
  }

  @Test func `One thing is done to each ticked incident, and the page says which refused and why`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let (one, two) = (try await bench.incident("One"), try await bench.incident("Two"))
      let closed = try await bench.incident(in: .closed)
      func ticks(_ incidents: [Incident]) -> [(String, String)] {
        incidents.map { ("i." + $0.incidentGuid, $0.incidentGuid) }
      }
      let all = try await bench.submit(
        "/incidents/bulk", [("do", "acknowledge"), ("query", "severity=CRITICAL")] + ticks([one, two]), by: &ada)
      #expect(all.status == 303 && all.headers[.location] == "/incidents?severity=CRITICAL&done=2")
      #expect(try await bench.events(of: one.incidentGuid) == [.incidentCreated, .statusChange])
      let said = try await bench.send(.get, "/incidents?severity=CRITICAL&done=2", by: &ada)
      #expect(said.text.contains("2 incidents were changed."))
      let some = try await bench.submit(
        "/incidents/bulk", [("do", "close"), ("resolution_summary", "the same for all")] + ticks([one, closed]),
        by: &ada)
      #expect(some.status == 200 && some.text.contains("1 incident was changed. 1 was not:"))
      #expect(some.text.contains("The incident is CLOSED already") && some.text.contains("the same for all</textarea>"))
      #expect(try await bench.incidents.get(one.incidentGuid).resolutionSummary == "the same for all")
      _ = try await bench.submit("/incidents/bulk", [("do", "take")] + ticks([two]), by: &ada)
      #expect(try await bench.incidents.get(two.incidentGuid).assignedTo == "ada")
      _ = try await bench.submit(
        "/incidents/bulk", [("do", "assign"), ("assigned_to", "dba")] + ticks([two]), by: &ada)
      #expect(try await bench.incidents.get(two.incidentGuid).assignedTo == "dba")
      #expect(try await bench.submit("/incidents/bulk", [("do", "assign")] + ticks([two]), by: &ada).status == 422)
      #expect(try await bench.submit("/incidents/bulk", [("do", "close")], by: &ada).status == 422)
      #expect(try await bench.submit("/incidents/bulk", [("do", "x")] + ticks([two]), by: &ada).status == 422)
    }
  }

  @Test func `Home shows mine, then what nobody has acknowledged, the worst first, then the rest`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let quiet = try await bench.send(.get, "/", by: &ada).text
      #expect(quiet.contains("Nothing is open."))
      try await bench.incident("zlow", severity: .low)
      bench.clock.advance(by: 1)
      try await bench.incident("zcritical")
      bench.clock.advance(by: 1)
      let mine = try await bench.incident("zmine", severity: .low)
      try await bench.incidents.assign(mine.incidentGuid, to: "ada")
      let moving = try await bench.incident(in: .monitoring)
      _ = try await bench.incident(in: .closed)
      let page = try await bench.send(.get, "/", by: &ada).text
      let titles = page.matches(of: /data-row dir="auto">([^<]+)</).map { String($0.1) }
      #expect(titles == ["zmine", "zcritical", "zlow", moving.title])
      #expect(page.contains("No channel is set up"))
    }
  }

  @Test func `An address that is none is a page for a browser, and a problem document for a program`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let html: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]
      for path in ["/nothing", "/incidents/x/y/z", "/%3Cscript%3E", "/logout"] {
        let page = try await bench.send(.get, path, nil, html)
        #expect(
          [404, 405].contains(page.status) && page.headers[.contentType] == "text/html; charset=utf-8", "\(path)")
        #expect(page.text.contains("<h1>") && !page.text.contains("<script>"))
      }
      for (path, headers) in [("/nothing", [:]), ("/api/v1/nothing", html), ("/in/nothing", html)] {
        let problem = try await bench.send(.get, path, nil, headers)
        #expect(problem.status == 404 && problem.headers[.contentType] == "application/problem+json", "\(path)")
      }
    }
  }
}
