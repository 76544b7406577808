import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct SystemPageTests {
  @Test func `The timeline is verified by a button, which names the first event that was changed`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      let incident = try await bench.incident()
      try await bench.incidents.close(incident.incidentGuid, by: "ada")
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let good = try await bench.post("/system/verification", [("csrf_token", csrf)], by: &browser)
      #expect(good.status == 200 && good.text.contains("Both chains are whole.") && good.text.contains("2 events"))
      try await bench.tamper("UPDATE data_incident_timeline SET Description = '<b>forged' WHERE Seq = 2")
      let bad = try await bench.post("/system/verification", [("csrf_token", csrf)], by: &browser)
      #expect(bad.text.contains("Event 2 of the timeline is wrong") && !bad.text.contains("chains are whole"))
      try await bench.tamper("UPDATE tocsin_audit SET Actor = 'x' WHERE Seq = 1")
      let worse = try await bench.post("/system/verification", [("csrf_token", csrf)], by: &browser)
      #expect(worse.text.contains("Entry 1 of the audit log"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `It says what it runs on and how the queue stands`(_ engine: TestDatabase) async throws {
    try await engine.run(channels: [FakeChannel<EmailName>(FakeVendor(.refuseForNow("away", after: 3600)))]) { bench in
      try await bench.user("root", .admin)
      try await bench.incidents.setNotifyRule("ALL", name: "All", channels: "EMAIL")
      let incident = try await bench.incident()
      _ = try await bench.incidents.notify(incident.incidentGuid, notifyCode: "ALL", by: "ada", patience: 0.1)
      let facts = try await bench.incidents.databaseFacts()
      #expect(facts.bytes > 10_000 && facts.schema == facts.newestSchema)
      #expect(facts.engine.hasPrefix(engine == .sqlite ? "SQLite 3" : "MariaDB 1"))
      var browser = Browser()
      try await bench.signIn("root", &browser)
      let page = try await bench.send(.get, "/system", by: &browser)
      #expect(page.status == 200 && page.text.contains(facts.engine))
      #expect(page.text.contains("<dt>Waiting</dt><dd>1</dd>"))
      #expect(page.text.contains("Notify rule INCIDENT_CRITICAL"))
    }
  }

  /// Failure: a password stands on a page.
  @Test func `The database's password is nowhere, and its place is for admins`() async throws {
    try await TestDatabase.mariadb.run { bench in
      try await bench.user("root", .admin)
      try await bench.user("eve", .viewer)
      let place = try #require(try await bench.incidents.databaseFacts().place)
      #expect(place.hasPrefix("mariadb://") && place.split(separator: "@")[0].filter { $0 == ":" }.count == 1)
      var (browser, hers) = (Browser(), Browser())
      try await bench.signIn("root", &browser)
      let csrf = try await bench.signIn("eve", &hers)
      let (page, less) = (
        try await bench.send(.get, "/system", by: &browser), try await bench.send(.get, "/system", by: &hers)
      )
      #expect(page.text.contains(place) && less.status == 200 && !less.text.contains("mariadb://"))
      let verified = try await bench.post("/system/verification", [("csrf_token", csrf)], by: &hers)
      #expect(verified.status == 403)
    }
  }

  @Test func `The audit log is paged, filtered, and a bad filter is said`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      for number in 0..<60 { _ = try await bench.incidents.createToken(name: "t\(number)", role: .ingest, by: "ada") }
      var browser = Browser()
      try await bench.signIn("root", &browser)
      let path = "/system/audit?action=TOKEN_CREATED&actor=ada"
      let first = try await bench.send(.get, path, by: &browser)
      #expect(first.text.contains(">t59<") && !first.text.contains(">t0<"))
      // Among the choices of the filter, and in no row.
      #expect(first.text.matches(of: />LOGIN</).count == 1)
      let older = try #require(first.text.firstMatch(of: /href="(\/system\/audit\?[^"]+)"/)).1
      let second = try await bench.send(.get, String(older).replacing("&amp;", with: "&"), by: &browser)
      #expect(second.text.contains(">t0<") && !second.text.contains(">t59<"))
      for bad in ["?action=NONE", "?cursor=x"] {
        let page = try await bench.send(.get, "/system/audit\(bad)", by: &browser)
        #expect([400, 422].contains(page.status) && page.text.contains("class=\"problem\""), "\(bad)")
      }
    }
  }

  @Test func `Help lists the keys without any script`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .viewer)
      var browser = Browser()
      try await bench.signIn("eve", &browser)
      let page = try await bench.send(.get, "/help", by: &browser)
      #expect(page.status == 200 && page.text.contains("<kbd>?</kbd>") && page.text.contains("REF-"))
      for severity in Severity.allCases { #expect(page.text.contains("severity \(severity.rawValue)")) }
      for status in Status.allCases { #expect(page.text.contains("status \(status.rawValue)")) }
    }
  }
}
