import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Alert rules")
struct AlertRuleTests {
  static func settings(_ rules: AlertRule...) -> Incidents.Settings {
    var settings = Incidents.Settings()
    settings.alertRules = rules
    return settings
  }

  static func rule(_ matchers: [String], _ set: (inout AlertRule) -> Void) throws -> AlertRule {
    var rule = AlertRule()
    rule.matchers = try matchers.map { try LabelMatcher($0) }
    set(&rule)
    return rule
  }

  @Test("The first rule that matches sets severity, package and grouping", arguments: TestDatabase.all)
  func firstWins(_ engine: TestDatabase) async throws {
    let first = try Self.rule(["team=dba"]) {
      $0.severity = .critical
      $0.package = "STORAGE"
      $0.groupBy = ["cluster"]
    }
    let second = try Self.rule(["team=~\"d.*\""]) { $0.severity = .low }
    try await engine.run(settings: Self.settings(first, second)) { bench in
      let alerts = ["a", "b", "c"].map { key in
        AlertIntakeTests.alert(
          key, severity: .low, group: key, labels: ["team": "dba", "cluster": key == "c" ? "two" : "one"])
      }
      let intake = try await bench.incidents.receive(alerts)
      #expect(intake.opened.count == 2)
      let incident = try await bench.incidents.get(intake.opened[0])
      #expect(incident.severity == .critical && incident.package == "STORAGE")
      #expect(try await bench.events(of: intake.opened[0]) == [.incidentCreated, .alertLinked, .alertLinked])
      #expect(try await bench.incidents.receive([AlertIntakeTests.alert("x", labels: ["team": "dev"])]).opened == [])
    }
  }

  @Test("A rule may keep alerts out of incidents, or open one for a low alert", arguments: TestDatabase.all)
  func opens(_ engine: TestDatabase) async throws {
    let never = try Self.rule(["env=test"]) { $0.opens = false }
    let always = try Self.rule(["env=prod"]) { $0.opens = true }
    try await engine.run(settings: Self.settings(never, always)) { bench in
      let intake = try await bench.incidents.receive([
        AlertIntakeTests.alert("a", severity: .critical, labels: ["env": "test"]),
        AlertIntakeTests.alert("b", severity: .low, group: "b", labels: ["env": "prod"]),
      ])
      #expect(intake.opened.count == 1)
      #expect(try await bench.incidents.get(intake.opened[0]).title == "Alert b")
      #expect(try await bench.events(of: intake.opened[0]) == [.incidentCreated, .alertLinked])
      #expect(try await bench.incidents.alerts().items.count == 2)
    }
  }

  @Test("A rule may close the incident when the last alert resolves", arguments: TestDatabase.all)
  func closes(_ engine: TestDatabase) async throws {
    let closing = try Self.rule([]) { $0.closesWhenResolved = true }
    try await engine.run(settings: Self.settings(closing)) { bench in
      let guid = try await bench.incidents.receive([AlertIntakeTests.alert("a"), AlertIntakeTests.alert("b")]).opened[0]
      try await bench.incidents.receive([AlertIntakeTests.alert("a", .resolved)])
      #expect(try await bench.incidents.get(guid).status == .created)
      try await bench.incidents.receive([AlertIntakeTests.alert("b", .resolved)])
      let incident = try await bench.incidents.get(guid)
      #expect(incident.status == .closed && incident.closedBy == "SYSTEM")
      let types = try await bench.events(of: guid)
      #expect(types.suffix(3) == [.alertResolved, .alertResolved, .incidentClosed])
    }
  }

  @Test(
    "A new incident tells the people of its rule, or of its severity", arguments: ["INCIDENT_HIGH", "DBA"],
    TestDatabase.all)
  func tells(_ code: String, _ engine: TestDatabase) async throws {
    let rule = try Self.rule([]) { if code == "DBA" { $0.notifyCode = code } }
    try await engine.run { bench in
      let incidents = bench.with(channels: [FakeChannel<SlackName>(FakeVendor())], settings: Self.settings(rule))
      try await incidents.setNotifyRule(code, name: code, channels: "SLACK")
      let guid = try await incidents.receive([AlertIntakeTests.alert("a")]).opened[0]
      let messages = try await incidents.communications(of: guid)
      #expect(messages.map(\.status) == ["PENDING"])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("A rule that names a missing notify code still takes the alert in, and says so", arguments: TestDatabase.all)
  func missingCode(_ engine: TestDatabase) async throws {
    let rule = try Self.rule([]) { $0.notifyCode = "NOBODY" }
    try await engine.run(settings: Self.settings(rule)) { bench in
      let guid = try await bench.incidents.receive([AlertIntakeTests.alert("a")]).opened[0]
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .notificationFailed])
    }
  }

  @Test(
    "A matcher tests the whole value; a missing label is empty",
    arguments: [
      ("team=dba", true), ("team=db", false), ("team!=dba", false), ("team=~d.*", true), ("team=~b", false),
      ("team!~x", true), ("none=", true), ("none!=\"\"", false), ("team=~\"web|dba\"", true),
    ])
  func matches(_ matcher: String, _ expected: Bool) throws {
    #expect(try LabelMatcher(matcher).matches(["team": "dba"]) == expected)
  }

  @Test("What is no matcher is refused", arguments: ["", "team", "=x", "team=~[", "1=2", "a b=c"])
  func refused(_ text: String) {
    let failure = #expect(throws: Failure.self) { try LabelMatcher(text) }
    #expect(failure?.field == "match")
  }
}
