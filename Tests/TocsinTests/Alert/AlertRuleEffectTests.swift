import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct AlertRuleEffectTests {
  private typealias Sample = AlertIntakeTests

  @Test(arguments: TestDatabase.all)
  func `A rule gives its alerts a title out of their labels and its incidents somebody to work on them`(
    _ engine: TestDatabase
  ) async throws {
    let rule = try AlertRuleTests.rule(["__source__=alertmanager"]) {
      $0.severity = .critical
      $0.package = "STORAGE"
      $0.title = try? AlertTitle("{package} {labels.cluster}{labels.none}: {title} ({severity}, {source}) {} {a b}")
      $0.assignee = "dba-team"
      $0.groupBy = ["__source__", "cluster"]
    }
    try await engine.run(settings: AlertRuleTests.settings(rule)) { bench in
      let hostile = Sample.alert("a", labels: ["cluster": "{title}"])
      let guid = try #require(try await bench.incidents.receive([hostile]).opened.first)
      let incident = try await bench.incidents.get(guid)
      let title = "STORAGE {title}: Alert a (CRITICAL, alertmanager) {} {a b}"
      #expect(incident.title == title && incident.assignedTo == "dba-team")
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.title == title)
      #expect(alert.groupKey == #"rule:{__source__="alertmanager",cluster="{title}"}"#)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
      var other = Sample.alert("b")
      other.source = "grafana"
      try await bench.incidents.receive([other])
      #expect(try await bench.incidents.alerts().items.first { $0.dedupKey == "b" }?.title == "Alert b")
    }
  }

  @Test func `A title of nothing but missing labels is as good as none, and a long one is cut`() throws {
    let alert = Sample.alert("a", labels: ["long": String(repeating: "漢", count: 300)])
    #expect(try AlertTitle("{labels.none} ").render(alert) == "Alert a")
    let cut = try AlertTitle("{labels.long}").render(alert)
    #expect(cut.unicodeScalars.count == 255 && cut.hasSuffix("…"))
  }

  @Test(arguments: ["{tittle}", "x {label.team}", "{labels}", "{Title}"])
  func `A placeholder that does not exist is refused`(_ text: String) {
    let failure = #expect(throws: Failure.self) { try AlertTitle(text) }
    #expect(failure?.message.contains("{title} {severity} {package} {source} {labels.NAME}") == true)
  }

  /// Failure: a sender that never tells when an alert ends leaves its incident open for ever.
  @Test(arguments: TestDatabase.all)
  func `An alert that is not repeated in time counts as resolved, and fires again when it comes back`(
    _ engine: TestDatabase
  ) async throws {
    let rule = try AlertRuleTests.rule([]) { $0.expiresAfter = 300 }
    try await engine.run(settings: AlertRuleTests.settings(rule)) { bench in
      let guid = try #require(try await bench.incidents.receive([Sample.alert("a")]).opened.first)
      bench.clock.advance(by: 299)
      try await bench.incidents.receive([Sample.alert("a")])
      bench.clock.advance(by: 299)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.alerts().items.first?.status == .firing)
      bench.clock.advance(by: 1)
      _ = try await bench.incidents.checkAlerts()
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.status == .resolved && alert.endsAt == bench.clock.now)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
      try await bench.incidents.receive([Sample.alert("a")])
      #expect(try await bench.events(of: guid).last == .alertLinked)
    }
  }

  /// Failure: the true end comes after the inferred one, and a late repetition fires the alert once more.
  @Test(arguments: TestDatabase.all)
  func `The sender's own end wins over an inferred one`(_ engine: TestDatabase) async throws {
    let rule = try AlertRuleTests.rule([]) { $0.expiresAfter = 300 }
    try await engine.run(settings: AlertRuleTests.settings(rule)) { bench in
      let guid = try #require(try await bench.incidents.receive([Sample.alert("a")]).opened.first)
      bench.clock.advance(by: 300)
      _ = try await bench.incidents.checkAlerts()
      var end = Sample.alert("a", .resolved)
      end.endsAt = Sample.start + 120
      try await bench.incidents.receive([end, Sample.alert("a")])
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.status == .resolved && alert.endsAt == Sample.start + 120)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertResolved])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A rule may open an incident and tell nobody`(_ engine: TestDatabase) async throws {
    let rule = try AlertRuleTests.rule([]) { $0.notifies = false }
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())], settings: AlertRuleTests.settings(rule)) {
      bench in
      try await bench.incidents.setNotifyRule("INCIDENT_HIGH", name: "x", channels: "SLACK")
      let guid = try #require(try await bench.incidents.receive([Sample.alert("a")]).opened.first)
      #expect(try await bench.incidents.communications(of: guid).isEmpty)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  /// Failure: what test-rules shows is not what intake does.
  @Test(arguments: TestDatabase.all)
  func `A forecast is what then happens`(_ engine: TestDatabase) async throws {
    let rules = [
      try AlertRuleTests.rule(["env=test"]) { $0.opens = false },
      try AlertRuleTests.rule(["team=dba"]) {
        $0.name = "databases"
        $0.threshold = Frequency(count: 2, window: 600)
        $0.groupBy = ["team"]
      },
      try AlertRuleTests.rule(["env=prod"]) { $0.opens = true },
    ]
    var settings = Incidents.Settings()
    settings.alertRules = rules
    try await engine.run(settings: settings) { bench in
      let alerts = [
        Sample.alert("a", severity: .critical, labels: ["env": "test"]),
        Sample.alert("b", labels: ["team": "dba"]), Sample.alert("c", labels: ["team": "dba"]),
        Sample.alert("d", severity: .low, labels: ["team": "dba"]),
        Sample.alert("e", severity: .low, group: "h", labels: ["env": "prod"]),
        Sample.alert("f", severity: .medium, group: "i"), Sample.alert("g", group: "j"),
        Sample.alert("g", .resolved, group: "j"),
      ]
      let forecasts = bench.incidents.settings.forecast(alerts, now: bench.clock.now)
      #expect(forecasts.map(\.outcome) == [.keeps, .keeps, .opens, .joins, .opens, .keeps, .opens, .resolves])
      #expect(
        forecasts.map(\.rule) == ["rules[0]", "databases", "databases", "databases", "rules[2]", nil, nil, nil])
      #expect(forecasts[2].notifyCode == "INCIDENT_HIGH" && forecasts[3].notifyCode == nil)
      var linked: Set<String> = []
      for (alert, forecast) in zip(alerts, forecasts) {
        let opened = try await bench.incidents.receive([alert]).opened
        #expect(opened.count == (forecast.outcome == .opens ? 1 : 0), "\(alert.dedupKey)")
        for guid in opened { #expect(try await bench.events(of: guid).first == .incidentCreated) }
        let stored = try #require(try await bench.incidents.alerts().items.first { $0.dedupKey == alert.dedupKey })
        #expect(stored.title == forecast.title && stored.severity == forecast.severity)
        #expect(stored.groupKey == forecast.groupKey && stored.package == forecast.package)
        if forecast.outcome == .joins { linked.insert(stored.alertGuid) }
      }
      for guid in linked {
        #expect(
          try await bench.integer("SELECT count(*) FROM data_incident_alert WHERE AlertGuid = ?", [.text(guid)]) == 1)
      }
    }
  }
}
