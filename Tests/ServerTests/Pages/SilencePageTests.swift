import Foundation
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct SilencePageTests {
  /// Failure: a look makes the silence, or shows alerts other than those that it would hold.
  @Test func `Before a silence is made the page shows which alerts it fits, and makes nothing`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      for host in ["db1", "db2", "web1"] {
        _ = try await bench.alert(.plain(host, .firing, .low, labels: ["host": host]))
      }
      let form = [("matchers", "host=~\"db.*\"\r\npackage=DATABASE\r\n"), ("ends", "2h"), ("comment", "a \"why\"")]
      let page = try await reader.post("/silences/new", form + [("preview", "yes")])
      #expect(page.status == 200 && page.text.contains("2 alerts that fire now fit"))
      #expect(
        page.text.contains(">Alert db1<") && page.text.contains(">Alert db2<") && !page.text.contains(">Alert web1<"))
      #expect(
        page.text.contains("value=\"a &quot;why&quot;\"") && page.text.contains("host=~&quot;db.*&quot;\npackage="))
      #expect(try await bench.incidents.silences().items.isEmpty)

      let made = try await reader.post("/silences/new", form)
      let silence = try #require(try await bench.incidents.silences(.active).items.first)
      #expect(made.status == 303 && made.next == "/silences/\(silence.silenceGuid)")
      #expect(silence.matchers == ["host=~\"db.*\"", "package=\"DATABASE\""] && silence.comment == "a \"why\"")
      #expect(silence.createdBy == "ada" && silence.endsAt == bench.clock.now + 7200)
    }
  }

  @Test func `The form is filled in from an alert, and fits it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let labels = ["host": "a \"b\"\\c\nd", "alertname": "Disk", "odd name": "x"]
      let guid = try await bench.alert(.plain("a", .firing, .low, labels: labels))
      let page = try await reader.get("/silences/new?alert=\(guid)")
      #expect(page.status == 200 && page.text.contains("1 alert that fires now fits"))
      #expect(page.text.contains("alertname=&quot;Disk&quot;\n"))
      #expect(try await reader.get("/silences/new?alert=none-such").status == 404)
    }
  }

  @Test(arguments: [
    [("matchers", "host"), ("ends", "2h")], [("matchers", "host=\"\""), ("ends", "2h")],
    [("matchers", ""), ("ends", "2h")],
    [("matchers", "host=a"), ("ends", "")], [("matchers", "host=a"), ("ends", "yesterday")],
    [("matchers", "host=a"), ("minutes", "x")], [("matchers", "host=~\"(\""), ("ends", "2h")],
    [("matchers", "host=a"), ("on_SUN", "yes"), ("from_time", "25:00"), ("minutes", "60")],
  ])
  func `What cannot be is refused, and nothing that was typed is lost`(_ form: [(String, String)]) async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let page = try await reader.post("/silences/new", form + [("comment", "<kept>")])
      #expect(
        page.status == 422 && page.text.contains("id=\"problem\"") && page.text.contains("value=\"&lt;kept&gt;\""))
      for (_, typed) in form where typed != "yes" && !typed.isEmpty {
        #expect(page.text.contains(HTML.escaped(typed)), "\(typed)")
      }
      #expect(try await bench.incidents.silences().items.isEmpty)
    }
  }

  @Test func `A maintenance window is made, shown and changed`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let form = [
        ("matchers", "package=BATCH"), ("on_SUN", "yes"), ("on_WED", "yes"), ("from_time", "02:00"), ("minutes", "90"),
        ("time_zone", "Europe/Berlin"),
      ]
      #expect(try await reader.post("/silences/new", form).status == 303)
      var silence = try #require(try await bench.incidents.silences().items.first)
      #expect(
        silence.weekdays == [.sunday, .wednesday] && silence.minutes == 90 && silence.timeZone == "Europe/Berlin")
      let page = try await reader.get("/silences/\(silence.silenceGuid)").text
      #expect(page.contains("Sunday, Wednesday, from 02:00 for 1 h 30 min, Europe/Berlin"))
      let change = [
        ("matchers", "package=BATCH"), ("on_MON", "yes"), ("from_time", "03:00"), ("minutes", "90"),
        ("time_zone", "Europe/Berlin"), ("comment", "now"),
      ]
      #expect(try await reader.post("/silences/\(silence.silenceGuid)", change).status == 303)
      silence = try await bench.incidents.silence(silence.silenceGuid)
      #expect(silence.weekdays == [.monday] && silence.fromTime == "03:00" && silence.comment == "now")
    }
  }

  @Test func `A silence is changed, commented and ended; what it holds stands on its page`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let draft = SilenceDraft([try LabelMatcher("host=db1")], comment: "old", endsAt: bench.clock.now + 600)
      let guid = try await bench.incidents.createSilence(draft).silenceGuid
      _ = try await bench.alert(.plain("a", labels: ["host": "db1"]))
      let page = try await reader.get("/silences/\(guid)").text
      #expect(page.contains(">Alert a<") && page.contains("ACTIVE"))
      #expect(try await reader.get("/alerts").text.contains("/silences/\(guid)"))
      let change = [("matchers", "host=db1"), ("ends", "4h"), ("comment", "")]
      #expect(try await reader.post("/silences/\(guid)", change).status == 303)
      let changed = try await bench.incidents.silence(guid)
      #expect(
        changed.endsAt == bench.clock.now + 14_400 && changed.comment == nil && changed.matchers == ["host=\"db1\""])
      let wrong = try await reader.post("/silences/\(guid)", [("matchers", "host"), ("comment", "kept")])
      #expect(wrong.status == 422 && wrong.text.contains("value=\"kept\"") && wrong.text.contains("id=\"change\" open"))
      #expect(try await reader.post("/silences/\(guid)/comments", [("words", "")]).status == 422)
      #expect(try await reader.post("/silences/\(guid)/comments", [("words", "**done** <b>")]).status == 303)
      let comments = try await reader.get("/silences/\(guid)")
      #expect(comments.text.contains("<strong>done</strong>") && comments.holdsNothingForeign())
      #expect(try await reader.post("/silences/\(guid)/expire").status == 303)
      #expect(try await bench.incidents.silence(guid).state == .expired)
      #expect(try await reader.post("/silences/\(guid)/expire").status == 409)
      let actions = try await bench.incidents.auditEntries().items.filter { $0.actor == "ada" }.map(\.action)
      #expect(actions.contains(.silenceChanged) && actions.contains(.silenceExpired))
    }
  }

  @Test func `Active, pending and expired ones are apart`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      let now = bench.clock.now
      for (name, start) in [("active", 0.0), ("pending", 600)] {
        try await bench.incidents.createSilence(
          SilenceDraft([try LabelMatcher("host=\(name)")], startsAt: now + start, endsAt: now + 1000))
      }
      let old = try await bench.incidents.createSilence(
        SilenceDraft([try LabelMatcher("host=expired")], endsAt: now + 10))
      try await bench.incidents.expireSilence(old.silenceGuid)
      let all = ["active", "pending", "expired"]
      for (query, names) in [
        ("", ["active"]), ("?state=pending", ["pending"]), ("?state=expired", ["expired"]), ("?state=all", all),
      ] {
        let page = try await reader.get("/silences" + query).text
        #expect(all.filter { page.contains("host=&quot;\($0)&quot;") } == names, "\(query)")
      }
      #expect(try await reader.get("/silences?state=bogus").status == 422)
    }
  }

  @Test func `Who may only look is refused`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench, "ada", .viewer)
      let draft = SilenceDraft([try LabelMatcher("host=db1")], endsAt: bench.clock.now + 600)
      let guid = try await bench.incidents.createSilence(draft).silenceGuid
      #expect(try await !reader.get("/silences/\(guid)").text.contains("<textarea"))
      #expect(try await reader.get("/silences/new").status == 403)
      for path in ["new", guid, "\(guid)/expire", "\(guid)/comments"] {
        #expect(
          try await reader.post("/silences/\(path)", [("matchers", "a=b"), ("words", "x"), ("ends", "1h")]).status
            == 403)
      }
      #expect(try await bench.incidents.silences().items.map(\.state) == [.active])
    }
  }
}
