import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct SourcesPageTests {
  @Test func `The snippets name this server, and a new token once`() async throws {
    var settings = Incidents.Settings.quick
    settings.publicURL = "https://tocsin.example.com/ops"
    try await TestDatabase.sqlite.run(settings: settings) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let made = try await bench.post("/sources/token", [("csrf_token", csrf), ("name", "prom")], by: &browser)
      let secret = String(try #require(made.text.firstMatch(of: /tocsin_[0-9a-f]{64}/)).0)
      #expect(made.status == 200 && made.text.contains("url: https://tocsin.example.com/ops/in/alertmanager"))
      #expect(
        made.text.contains("path_prefix: /ops/in/alertmanager")
          && made.text.contains("[&quot;tocsin.example.com&quot;]"))
      let token = try await bench.incidents.token(secret: secret)
      #expect(token.role == .ingest && token.name == "prom" && token.createdBy == "root")
      let later = try await bench.send(.get, "/sources", by: &browser)
      #expect(!later.text.contains(secret))
      let again = try await bench.post("/sources/token", [("csrf_token", csrf), ("name", "prom")], by: &browser)
      #expect(again.status == 409 && again.text.contains("value=\"prom\""))
    }
  }

  /// Failure: the page's own sample is one that its dialect does not read.
  @Test(arguments: ["alertmanager", "prometheus", "grafana", "pagerduty", "opsgenie", "cloudevents", "json"])
  func `Every sample can be read, and nothing of it is stored`(_ key: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .viewer)
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let address = SenderAddress(base: "http://localhost", token: "t")
      let sources = AlertSource.all(address, now: bench.clock.now, mappings: [])
      let source = try #require(sources.first { $0.key == key })
      let page = try await bench.post(
        "/sources/sample", [("csrf_token", csrf), ("source", key), ("body", source.sample)], by: &browser)
      #expect(page.status == 200 && page.text.contains("id=\"forecast-\(key)\""), "\(page.text.suffix(900))")
      #expect(page.text.contains(key == "prometheus" ? "is kept, opens none" : "opens an incident"))
      let (alerts, incidents) = (
        try await bench.integer("SELECT count(*) FROM data_alert"),
        try await bench.integer("SELECT count(*) FROM data_incident")
      )
      #expect(alerts == 0 && incidents == 0)
    }
  }

  @Test(arguments: [("json", "{"), ("json", "{}"), ("nonsense", "{}"), ("json", "<\u{301}img>"), ("grafana", "[]")])
  func `What cannot be read is said, and stays in its field`(_ source: String, _ body: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .viewer)
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let page = try await bench.post(
        "/sources/sample", [("csrf_token", csrf), ("source", source), ("body", body)], by: &browser)
      #expect([400, 422].contains(page.status) && page.text.contains("class=\"problem\""))
      if source == "json" { #expect(page.text.contains(">" + HTML.escaped(body) + "</textarea>")) }
    }
  }

  @Test func `A rule of the configuration decides in the forecast too, and who would be told is named`() async throws {
    var settings = Incidents.Settings.quick
    var rule = AlertRule()
    (rule.name, rule.severity, rule.notifyCode) = ("tame", .low, "MINE")
    rule.opens = true
    settings.alertRules = [rule]
    try await TestDatabase.sqlite.run(settings: settings) { bench in
      try await bench.user("eve", .viewer)
      try await bench.incidents.setNotifyRule("MINE", name: "Mine", channels: "SMS:+15550123,EMAIL")
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let page = try await bench.post(
        "/sources/sample", [("csrf_token", csrf), ("source", "json"), ("body", #"{"title": "<b>x"}"#)], by: &browser)
      #expect(page.text.contains("tame") && page.text.contains("severity LOW") && page.text.contains("SMS, EMAIL"))
      #expect(page.text.contains("&lt;b&gt;x") && !page.text.contains("<b>x"))
    }
  }

  @Test func `Only admins make tokens`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .responder)
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let page = try await bench.send(.get, "/sources", by: &browser)
      #expect(page.status == 200 && !page.text.contains("/sources/token"))
      let made = try await bench.post("/sources/token", [("csrf_token", csrf), ("name", "prom")], by: &browser)
      #expect(made.status == 403)
      #expect(try await bench.incidents.tokens().isEmpty)
    }
  }
}
