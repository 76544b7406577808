import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct FirstStepsTests {
  @Test(arguments: [("demo", true), ("empty", false), (nil, false)] as [(String?, Bool)])
  func `Set-up begins with demo data only where somebody chose it`(_ choice: String?, _ isDemo: Bool) async throws {
    try await TestDatabase.sqlite.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      var browser = Browser()
      let page = try await bench.send(.get, "/setup?secret=\(secret)", by: &browser)
      #expect(page.text.contains("value=\"empty\" checked") && !page.text.contains("value=\"demo\" checked"))
      let form = [
        ("secret", secret), ("name", "root"), ("password", TestBench.password), ("again", TestBench.password),
      ]
      var bad = form + [("data", choice ?? "")]
      bad[3].1 = "another"
      let refused = try await bench.post("/setup", bad, by: &browser)
      #expect(refused.status == 422 && refused.text.contains("value=\"demo\" checked") == isDemo)
      let done = try await bench.post("/setup", form + (choice.map { [("data", $0)] } ?? []), by: &browser)
      #expect(done.status == 303)
      #expect(try await bench.incidents.demoStanding().isLoaded == isDemo)
      let home = try await bench.send(.get, "/", by: &browser)
      #expect(home.status == 200 && home.text.contains("id=\"checklist-title\""))
      #expect(home.text.contains("/system#demo") == isDemo)
    }
  }

  @Test func `Each step is done when it is done, with the provider's answer, and then the list goes`() async throws {
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(FakeVendor())]) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      try await bench.signIn("root", &browser)
      func done() async throws -> Int {
        try await bench.send(.get, "/", by: &browser).text.matches(of: /<li><span class="state good">/).count
      }
      // What the demo holds is nobody's first step.
      try await bench.incidents.loadDemo(by: "root")
      #expect(try await done() == 0)
      _ = try await bench.incident()
      #expect(try await done() == 1)
      try await bench.incidents.testChannel("EMAIL", by: "root")
      #expect(try await done() == 2)
      #expect(try await bench.send(.get, "/", by: &browser).text.contains("EMAIL: <q lang=\"en\">vendor-1</q>"))
      try await bench.incidents.receive([
        ReceivedAlert(
          source: "json", dedupKey: "a", status: .firing, severity: .low, package: "X", title: "a", groupKey: "a")
      ])
      #expect(try await done() == 3)
      try await bench.user("bob")
      let home = try await bench.send(.get, "/", by: &browser)
      #expect(!home.text.contains("checklist-title"))
    }
  }

  @Test func `It is for admins, one of whom may put it away`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      try await bench.user("eve")
      var (browser, hers) = (Browser(), Browser())
      let (csrf, other) = (try await bench.signIn("root", &browser), try await bench.signIn("eve", &hers))
      let home = try await bench.send(.get, "/", by: &hers)
      let refused = try await bench.post("/checklist/dismissal", [("csrf_token", other)], by: &hers)
      #expect(!home.text.contains("checklist-title") && refused.status == 403)
      #expect(try await bench.send(.get, "/", by: &browser).text.contains("checklist-title"))
      let put = try await bench.post("/checklist/dismissal", [("csrf_token", csrf)], by: &browser)
      #expect(put.status == 303)
      #expect(try await !bench.send(.get, "/", by: &browser).text.contains("checklist-title"))
    }
  }

  @Test func `The demo is loaded and removed by buttons of admins`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      try await bench.user("eve")
      var (browser, hers) = (Browser(), Browser())
      let (csrf, other) = (try await bench.signIn("root", &browser), try await bench.signIn("eve", &hers))
      #expect(try await bench.post("/system/demo", [("csrf_token", other)], by: &hers).status == 403)
      #expect(try await bench.post("/system/demo", [("csrf_token", csrf)], by: &browser).status == 303)
      #expect(try await bench.post("/system/demo", [("csrf_token", csrf)], by: &browser).status == 409)
      #expect(try await bench.post("/system/demo/removal", [("csrf_token", other)], by: &hers).status == 403)
      #expect(try await bench.post("/system/demo/removal", [("csrf_token", csrf)], by: &browser).status == 303)
      #expect(try await !bench.incidents.hasIncidents())
      let actions = try await bench.incidents.auditEntries().items.filter { $0.actor == "root" }.map(\.action)
      #expect(actions.contains(.demoLoaded) && actions.contains(.demoRemoved))
    }
  }
}
