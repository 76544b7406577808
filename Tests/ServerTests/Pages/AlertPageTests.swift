import Foundation
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

// On SQLite only: the pages are the same on both engines; what they ask for is tested on each in TocsinTests.
@Suite struct AlertPageTests {
  @Test func `Each view shows its alerts and no others, and says what to do when it is empty`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let silence = SilenceDraft([try LabelMatcher("host=held")], endsAt: bench.clock.now + 600)
      try await bench.incidents.createSilence(silence)
      #expect(try await reader.get("/alerts").text.contains("Nothing fires."))
      _ = try await bench.alert(.plain("grave"))
      let low = try await bench.alert(.plain("low", .firing, .low))
      _ = try await bench.alert(.plain("held", labels: ["host": "held"]))
      _ = try await bench.alert(.plain("over"))
      _ = try await bench.alert(.plain("over", .resolved))
      try await bench.incidents.acknowledgeAlert(low, by: "ada")
      let expected = [
        "": ["grave", "low", "held"], "?view=firing": ["grave", "low", "held"], "?view=unattended": ["low"],
        "?view=silenced": ["held"], "?view=acknowledged": ["low"], "?view=resolved": ["over"],
        "?view=all": ["grave", "low", "held", "over"], "?view=all&severity=low": ["low"],
        "?view=all&package=NONE": [], "?view=all&source=json": [],
        "?severity=&source=&package=": ["grave", "low", "held"],
      ]
      for (query, keys) in expected {
        let page = try await reader.get("/alerts" + query)
        let shown = ["grave", "low", "held", "over"].filter { page.text.contains(">Alert \($0)<") }
        // An incident has its alert's title.
        #expect(page.status == 200 && Set(shown) == Set(keys), "\(query)")
        #expect(page.text.contains("class=\"empty\"") == keys.isEmpty, "\(query)")
      }
    }
  }

  @Test func `A filter that cannot be is a page that says so and keeps the others`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      for query in ["view=bogus", "severity=GRAVE", "cursor=x"] {
        let page = try await reader.get("/alerts?package=KEPT&" + query)
        #expect(
          page.status == 422 && page.text.contains("value=\"KEPT\"") && page.text.contains("id=\"problem\""), "\(query)"
        )
      }
    }
  }

  /// Failure: an alert is on no page, or on two, or the next page forgets the filter.
  @Test func `Following the pages shows each alert once`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      for number in 0..<120 {
        _ = try await bench.alert(.plain("\(number)", .firing, number % 2 == 0 ? .low : .medium))
      }
      var (seen, path): ([String], String?) = ([], "/alerts?severity=LOW")
      while let here = path {
        let page = try await reader.get(here).text
        seen += page.matches(of: />Alert (\d+)</).map { String($0.1) }
        path = page.firstMatch(of: /href="([^"]*)" rel="next"/).map { String($0.1).replacing("&amp;", with: "&") }
      }
      #expect(seen.count == 60 && Set(seen).count == 60)
    }
  }

  @Test func `An alert is taken on and given back, and its incident knows`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let guid = try await bench.alert(.plain("a"))
      let incident = try #require(try await bench.incidents.list().items.first).incidentGuid
      let taken = try await reader.post("/alerts/\(guid)/acknowledge", [("until", "2h")])
      #expect(taken.status == 303 && taken.next == "/alerts/\(guid)")
      let alert = try await bench.incidents.alert(guid)
      #expect(alert.acknowledgedBy == "ada" && alert.acknowledgedUntil == bench.clock.now + 7200)
      #expect(try await bench.incidents.get(incident).status == .investigating)
      #expect(try await reader.get("/alerts/\(guid)?said=alert_taken").text.contains("You have taken the alert on."))
      #expect(try await reader.post("/alerts/\(guid)/give-back").status == 303)
      #expect(try await bench.incidents.alert(guid).acknowledgedAt == nil)
      let events = try await bench.events(of: incident)
      #expect(events.contains(.alertAcknowledged) && events.contains(.alertUnacknowledged))
      // Twice is too late, which is no fault of the page.
      #expect(try await reader.post("/alerts/\(guid)/give-back").status == 409)
      let wrong = try await reader.post("/alerts/\(guid)/acknowledge", [("until", "soon\"")])
      #expect(wrong.status == 422 && wrong.text.contains("value=\"soon&quot;\""))
    }
  }

  @Test func `An alert is linked to an incident by the start of its ID`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let guid = try await bench.alert(.plain("a", .firing, .low))
      let incident = try await bench.incident().incidentGuid
      let wrong = try await reader.post("/alerts/\(guid)/link", [("incident", "none-such")])
      #expect(wrong.status == 404 && wrong.text.contains("value=\"none-such\""))
      #expect(try await reader.post("/alerts/\(guid)/link", [("incident", " ")]).status == 422)
      let done = try await reader.post("/alerts/\(guid)/link", [("incident", incident)])
      #expect(done.status == 303)
      #expect(try await bench.incidents.alerts(of: incident).map(\.alertGuid) == [guid])
      #expect(try await bench.events(of: incident) == [.incidentCreated, .alertLinked])
      #expect(try await reader.get("/alerts/\(guid)").text.contains("/incidents/\(incident)"))
    }
  }

  @Test func `The page shows what the alert says and where to go on from it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let guid = try await bench.alert(
        .plain("a", .firing, .low, labels: ["host": "db1"], url: "https://prometheus.example.com/g?x=1&y=2"))
      let page = try await reader.get("/alerts/\(guid)").text
      #expect(page.contains("href=\"https://prometheus.example.com/g?x=1&amp;y=2\" rel=\"noopener noreferrer\""))
      #expect(page.contains("What a means") && page.contains("<code>host</code></dt><dd>db1"))
      let form = "/incidents/new?alert=\(guid)&amp;title=Alert%20a&amp;severity=LOW&amp;package=DATABASE"
      #expect(page.contains(form) && page.contains("/silences/new?alert=\(guid)"))
      #expect(try await reader.get("/alerts/none-such").status == 404)
      #expect(try await reader.get("/alerts/%3Cscript%3E").status == 404)
    }
  }

  /// Failure: what a sender wrote runs in the browser of whoever is on call.
  @Test(arguments: Hostile.allCases.map(\.rawValue) + ["<\u{301}img src=x>", "\"><script>alert(1)</script><b>"])
  func `What senders write is text`(_ text: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let title = text.fitting(255)
      let guid = try await bench.alert(
        ReceivedAlert(
          source: text.fitting(50), dedupKey: text.keyFitting255, status: .firing, severity: .low,
          package: text.fitting(100),
          title: title, description: text, labels: [text: text], groupKey: "g", url: "javascript:alert(1)",
          startsAt: nil))
      _ = try await bench.incidents.perform([
        AlertAction(source: text.fitting(50), key: .guid(guid), kind: .note(text), by: text)
      ])
      for path in ["/alerts", "/alerts/\(guid)", "/silences/new?alert=\(guid)"] {
        let page = try await reader.get(path)
        #expect(page.status == 200 && page.holdsNothingForeign(), "\(path)")
      }
    }
  }

  @Test func `Who may only look finds no forms, and is refused`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench, "ada", .viewer)
      let guid = try await bench.alert(.plain("a"))
      let page = try await reader.get("/alerts/\(guid)").text
      #expect(!page.contains("/acknowledge\"") && !page.contains("/link\"") && !page.contains("/silences/new"))
      for path in ["acknowledge", "give-back", "link"] {
        #expect(try await reader.post("/alerts/\(guid)/\(path)", [("incident", "x")]).status == 403)
      }
      #expect(try await bench.incidents.alert(guid).acknowledgedAt == nil)
    }
  }
}
