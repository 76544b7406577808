import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// What joins an incident that is open. Failure: it is graver than all that people know of, and nobody ever hears of it.
@Suite struct AlertJoinTests {
  private typealias Sample = AlertIntakeTests

  /// Alerts of `env=prod` open incidents whatever their severity, those of `team=none` tell nobody, and those of `team=dba`
  /// tell under DBA.
  private static func settings() throws -> Incidents.Settings {
    AlertRuleTests.settings(
      try AlertRuleTests.rule(["env=prod"]) { $0.opens = true },
      try AlertRuleTests.rule(["team=none"]) { $0.notifies = false },
      try AlertRuleTests.rule(["team=dba"]) { $0.notifyCode = "DBA" })
  }

  private static func run(
    _ engine: TestDatabase = .sqlite, settings: Incidents.Settings? = nil, _ body: (TestBench) async throws -> Void
  ) async throws {
    let channel = FakeChannel<SlackName>(FakeVendor())
    try await engine.run(channels: [channel], settings: settings ?? Self.settings()) { bench in
      for code in ["INCIDENT_LOW", "INCIDENT_HIGH", "INCIDENT_CRITICAL", "DBA"] {
        try await bench.incidents.setNotifyRule(code, name: code, channels: "SLACK:#\(code)")
      }
      try await body(bench)
    }
  }

  /// What is on record to be sent: `target status`, in order.
  private static func outbox(_ bench: TestBench) async throws -> [String] {
    try await bench.incidents.database.read { transaction in
      try transaction.rows(
        """
        SELECT Recipient, Status FROM tocsin_delivery JOIN data_incident_communication USING (CommunicationGuid)
        ORDER BY tocsin_delivery.Id
        """
      ).map { "\(try $0.optionalText("Recipient") ?? "") \(try $0.text("Status"))" }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A CRITICAL alert that joins what a LOW one opened raises it, and people are told`(
    _ engine: TestDatabase
  ) async throws {
    try await Self.run(engine) { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a", severity: .low, labels: ["env": "prod"])]).opened[
        0]
      try await bench.incidents.receive([Sample.alert("b", severity: .critical)])
      #expect(try await Self.outbox(bench) == ["#INCIDENT_LOW PENDING", "#INCIDENT_CRITICAL PENDING"])
      let incident = try await bench.incidents.get(guid)
      #expect(incident.severity == .critical && incident.status == .created && incident.title == "Alert a")
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertLinked, .severityChange])
      let message = try #require(
        try await bench.incidents.communications(of: guid).first { $0.recipient == "#INCIDENT_CRITICAL" })
      // Somebody who knows of the incident has to see why they are called again.
      #expect(message.message?.hasPrefix("CRITICAL INCIDENT ALERT\n") == true)
      #expect(message.message?.contains("\nAlert: CRITICAL Alert b\n") == true, "\(message.message ?? "")")
      let urgent = try await bench.integer("SELECT count(*) FROM tocsin_queue WHERE Priority = -3")
      #expect(urgent == 1)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What joins an incident of which nobody was told tells the people of its own rule, once`(
    _ engine: TestDatabase
  ) async throws {
    for (labels, target) in [([:], "#INCIDENT_HIGH"), (["team": "dba"], "#DBA")] {
      try await Self.run(engine) { bench in
        let silent = Sample.alert("a", severity: .critical, labels: ["team": "none"])
        let guid = try await bench.incidents.receive([silent]).opened[0]
        #expect(try await Self.outbox(bench).isEmpty)
        // Alone, this one would have told nobody either.
        try await bench.incidents.receive([Sample.alert("low", severity: .low)])
        #expect(try await Self.outbox(bench).isEmpty)
        for key in ["b", "c", "d"] { try await bench.incidents.receive([Sample.alert(key, labels: labels)]) }
        #expect(try await Self.outbox(bench) == ["\(target) PENDING"])
        #expect(try await bench.incidents.get(guid).severity == .critical)
        #expect(try await bench.events(of: guid) == [.incidentCreated] + Array(repeating: .alertLinked, count: 5))
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Equal and lower alerts stay silent, and so does one whose rule tells nobody, though it raises the incident`(
    _ engine: TestDatabase
  ) async throws {
    try await Self.run(engine) { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      try await bench.incidents.receive([Sample.alert("b"), Sample.alert("c", severity: .low)])
      try await bench.incidents.receive([Sample.alert("d", severity: .critical, labels: ["team": "none"])])
      #expect(try await Self.outbox(bench) == ["#INCIDENT_HIGH PENDING"])
      #expect(try await bench.incidents.get(guid).severity == .critical)
      // Nobody was told of anything CRITICAL yet.
      try await bench.incidents.receive([Sample.alert("e", severity: .critical)])
      try await bench.incidents.receive([Sample.alert("f", severity: .critical)])
      #expect(try await Self.outbox(bench) == ["#INCIDENT_HIGH PENDING", "#INCIDENT_CRITICAL PENDING"])
      let events = try await bench.events(of: guid)
      #expect(events.filter { $0 == .severityChange }.count == 1 && events.count == 8)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A repetition that is graver raises the incident and tells, and what people lowered stays low`(
    _ engine: TestDatabase
  ) async throws {
    try await Self.run(engine) { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      try await bench.incidents.receive([Sample.alert("a", severity: .critical)])
      #expect(try await Self.outbox(bench) == ["#INCIDENT_HIGH PENDING", "#INCIDENT_CRITICAL PENDING"])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .severityChange])
      try await bench.incidents.update(guid, IncidentChanges(severity: .low), by: "ana")
      try await bench.incidents.receive([Sample.alert("b", severity: .critical)])
      #expect(try await bench.incidents.get(guid).severity == .low)
      #expect(try await Self.outbox(bench).count == 2)
    }
  }

  /// Failure: the alert is graver with the very firing that makes it flap, after which it is not told of.
  @Test func `An alert that begins to flap and is graver is told of`() async throws {
    let flap = AlertRuleTests.settings(try AlertRuleTests.rule([]) { $0.flap = Frequency(count: 3, window: 600) })
    try await Self.run(settings: flap) { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      try await bench.incidents.receive([Sample.alert("a", at: 1)])
      try await bench.incidents.receive([Sample.alert("a", severity: .critical, at: 2)])
      #expect(try await bench.incidents.alerts().items.first?.flappingSince != nil)
      #expect(try await bench.incidents.get(guid).severity == .critical)
      #expect(try await Self.outbox(bench) == ["#INCIDENT_HIGH PENDING", "#INCIDENT_CRITICAL PENDING"])
    }
  }

  @Test func `What a silence held back raises the incident when it is let out`() async throws {
    try await Self.run { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a", severity: .low, labels: ["env": "prod"])]).opened[
        0]
      let end = bench.clock.now + 60
      try await bench.incidents.createSilence(SilenceDraft([try LabelMatcher("host=db1")], endsAt: end))
      try await bench.incidents.receive([Sample.alert("b", severity: .critical, labels: ["host": "db1"])])
      #expect(try await bench.incidents.get(guid).severity == .low)
      bench.clock.advance(by: 61)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.incidents.get(guid).severity == .critical)
      #expect(try await Self.outbox(bench) == ["#INCIDENT_LOW PENDING", "#INCIDENT_CRITICAL PENDING"])
    }
  }

  /// Failure: the CRITICAL message waits because the incident is CRITICAL now, and so its first message seems to be.
  @Test(arguments: TestDatabase.all)
  func `A message about what was LOW does not hold up the one that says it is CRITICAL`(_ engine: TestDatabase)
    async throws
  {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)], settings: Self.settings()) { bench in
      for code in ["INCIDENT_LOW", "INCIDENT_CRITICAL"] {
        try await bench.incidents.setNotifyRule(code, name: code, channels: "WHATSAPP:room")
      }
      try await bench.incidents.receive([Sample.alert("a", severity: .low, labels: ["env": "prod"])])
      try await bench.incidents.receive([Sample.alert("b", severity: .critical)])
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_queue WHERE IsHeld = 1") == 0)
      // Another incident's is held as ever: somebody was woken.
      try await bench.incidents.receive([Sample.alert("c", severity: .critical, group: "h")])
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_queue WHERE IsHeld = 1") == 1)
    }
  }

  /// Failure: a storm of alerts into one incident writes a failed message for each of them.
  @Test func `A code under which nobody can be told is tried once, and graver again`() async throws {
    try await Self.run { bench in
      try await bench.incidents.setNotifyRule("INCIDENT_HIGH", name: "x", channels: "PAGERDUTY")
      try await bench.incidents.deleteNotifyRule("INCIDENT_CRITICAL")
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      for number in 0..<20 { try await bench.incidents.receive([Sample.alert("h\(number)")]) }
      for number in 0..<20 { try await bench.incidents.receive([Sample.alert("c\(number)", severity: .critical)]) }
      #expect(try await bench.incidents.communications(of: guid).map(\.status) == ["FAILED"])
      let failed = try await bench.incidents.timeline(of: guid).filter { $0.eventType == .notificationFailed }
      #expect(failed.count == 2)
      #expect(
        failed.last?.description.hasPrefix("Nobody was told under INCIDENT_CRITICAL: there is no notify rule") == true)
      // Other people can still be told.
      try await bench.incidents.receive([Sample.alert("dba", labels: ["team": "dba"])])
      #expect(try await Self.outbox(bench).last == "#DBA PENDING")
    }
  }

  /// Failure: neither of two that come together sees what the other puts on the timeline.
  @Test(arguments: TestDatabase.all)
  func `Alerts that share a commit say only once that nobody can be told`(_ engine: TestDatabase) async throws {
    try await Self.run(engine) { bench in
      try await bench.incidents.deleteNotifyRule("INCIDENT_CRITICAL")
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      let incidents = bench.incidents
      let alerts = (0..<3).map { AlertSignal.state(Sample.alert("c\($0)", severity: .critical)) }
      let outcomes = try await bench.inOneCommit(alerts.map { alert in { _ = try incidents.take([alert], $0) } })
      #expect(outcomes.allSatisfy { $0 == nil })
      let failed = try await bench.incidents.timeline(of: guid).filter { $0.eventType == .notificationFailed }
      #expect(failed.count == 1)
    }
  }

  /// Failure: the first message was given up while the channel was down, and for the rest of the incident nobody is told.
  @Test func `A message that was given up keeps people from being told for a quarter of an hour only`() async throws {
    try await Self.run { bench in
      try await bench.incidents.setNotifyRule("INCIDENT_HIGH", name: "x", channels: "PAGERDUTY")
      try await bench.incidents.receive([Sample.alert("a")])
      try await bench.incidents.setNotifyRule("INCIDENT_HIGH", name: "x", channels: "SLACK:#mended")
      bench.clock.advance(by: 600)
      try await bench.incidents.receive([Sample.alert("b")])
      #expect(try await Self.outbox(bench).count == 1)
      bench.clock.advance(by: 301)
      for key in ["c", "d"] { try await bench.incidents.receive([Sample.alert(key)]) }
      #expect(try await Self.outbox(bench).dropFirst() == ["#mended PENDING"])
    }
  }

  /// Failure: the HIGH alert's message counts as CRITICAL, as its incident is by then, and the CRITICAL one is not told of.
  @Test func `People are told of a CRITICAL alert though somebody has called the incident CRITICAL before`()
    async throws
  {
    try await Self.run { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a", severity: .low, labels: ["env": "prod"])]).opened[
        0]
      try await bench.incidents.update(guid, IncidentChanges(severity: .critical), by: "ana")
      try await bench.incidents.receive([Sample.alert("b", severity: .high)])
      try await bench.incidents.receive([Sample.alert("c", severity: .critical)])
      #expect(
        try await Self.outbox(bench) == [
          "#INCIDENT_LOW PENDING", "#INCIDENT_HIGH PENDING", "#INCIDENT_CRITICAL PENDING",
        ]
      )
    }
  }

  /// Failure: channels are there, and a notify rule was forgotten: incidents open, and nothing says that nobody was told.
  @Test(arguments: TestDatabase.all)
  func `An incident that opens without a rule to tell by says on its timeline that nobody was told`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(channels: [FakeChannel<SlackName>(FakeVendor())]) { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a", severity: .critical)]).opened[0]
      let event = try #require(try await bench.incidents.timeline(of: guid).last)
      #expect(event.eventType == .notificationFailed)
      #expect(event.description.contains("INCIDENT_CRITICAL") && event.description.contains("tocsin set-notify-rule"))
      #expect(try await bench.incidents.communications(of: guid).isEmpty)
    }
  }

  /// Failure: what test-rules shows is not what intake does.
  @Test func `A forecast knows whom a graver alert tells`() async throws {
    try await Self.run { bench in
      let alerts = [
        Sample.alert("a", severity: .low, labels: ["env": "prod"]), Sample.alert("b", severity: .critical),
        Sample.alert("c"), Sample.alert("d", severity: .critical, labels: ["team": "dba"]),
        Sample.alert("e", severity: .critical, group: "h", labels: ["team": "none"]),
        Sample.alert("f", severity: .low, group: "h"), Sample.alert("g", group: "h", labels: ["team": "dba"]),
      ]
      let codes = bench.incidents.settings.forecast(alerts, now: bench.clock.now).map(\.notifyCode)
      #expect(codes == ["INCIDENT_LOW", "INCIDENT_CRITICAL", nil, nil, nil, nil, "DBA"])
      try await bench.incidents.receive(alerts)
      let expected = codes.compactMap(\.self).map { "#\($0) PENDING" }
      #expect(try await Self.outbox(bench) == expected)
    }
  }
}
