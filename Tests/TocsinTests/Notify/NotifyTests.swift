import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Notifying")
struct NotifyTests {
  @Test(
    "Each item of the rule gets its own message with its own REF, and the outcome is counted",
    arguments: TestDatabase.all)
  func sends(_ engine: TestDatabase) async throws {
    let (slack, sms) = (FakeVendor(), FakeVendor(.refuse("number unknown")))
    try await engine.run(channels: [FakeChannel<SlackName>(slack), FakeChannel<SMSName>(sms)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("ALL", name: "All", channels: "SLACK:#ops, SLACK, SMS:+15550123")
      let outcome = try await bench.incidents.notify(guid, notifyCode: "ALL", by: "ana")
      #expect(outcome.sent == 2 && outcome.failed == 1 && outcome.pending == 0)
      #expect(Set(outcome.communications.map(\.shortRef)).count == 3)
      #expect(slack.received.map(\.target).sorted() == ["#ops", "default"])
      for message in slack.received + sms.received {
        let row = try #require(outcome.communications.first { $0.communicationGuid == message.communicationGuid })
        #expect(row.message == message.text && row.shortRef == message.shortRef && row.recipient == message.target)
        #expect(message.text.hasSuffix("[Ref: \(row.shortRef)]"))
        #expect(row.direction == .outbound)
      }
      let sent = outcome.communications.filter { $0.channel == "SLACK" }
      #expect(sent.allSatisfy { $0.status == "SENT" && $0.externalId?.hasPrefix("vendor-") == true })
      let failed = try #require(outcome.communications.first { $0.channel == "SMS" })
      #expect(failed.status == "FAILED" && failed.errorMessage == "number unknown" && failed.externalId == nil)
      let types = try await bench.events(of: guid)
      #expect(types.first == .incidentCreated && types.count == 4)
      #expect(types.count { $0 == .notificationSent } == 2 && types.count { $0 == .notificationFailed } == 1)
    }
  }

  @Test(
    "What no channel here can take is FAILED at once, with the reason, a REF and an event",
    arguments: [
      ("DISCORD", "discord"), ("EMAIL", "target"), ("SLACK:bad", "bad is no target"),
      ("PAGERDUTY", "channels.pagerduty"),
    ])
  func unconfigured(_ item: String, _ reason: String) async throws {
    let vendor = FakeVendor()
    try await TestDatabase.runEach { bench in
      try await bench.incidents.setNotifyRule("X", name: "X", channels: item)
      let guid = try await bench.incident().incidentGuid
      let incidents = bench.with(channels: [
        FakeChannel<EmailName>(vendor, defaultTarget: nil), FakeChannel<SlackName>(vendor),
      ])
      let outcome = try await incidents.notify(guid, notifyCode: "X")
      #expect(outcome.sent == 0 && outcome.failed == 1)
      let row = try #require(try await incidents.communications(of: guid).first)
      #expect(row.status == "FAILED" && row.errorMessage?.contains(reason) == true)
      #expect(row.shortRef.hasPrefix("REF-20261121-"))
      let events = try await incidents.timeline(of: guid)
      #expect(events.map(\.eventType) == [.incidentCreated, .notificationFailed])
      #expect(events.last?.description.contains(row.shortRef) == true)
      #expect(vendor.received.isEmpty)
    }
  }

  @Test("A temporary refusal leaves the message PENDING, without an event", arguments: TestDatabase.all)
  func pending(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("the network is away"))
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("X", name: "X", channels: "SLACK")
      let outcome = try await bench.incidents.notify(guid, notifyCode: "X")
      #expect(outcome.pending == 1 && outcome.sent == 0 && outcome.failed == 0)
      #expect(outcome.communications.first?.errorMessage == "the network is away")
      #expect(try await bench.events(of: guid) == [.incidentCreated])
    }
  }

  @Test(
    "A channel that hangs keeps nobody waiting past the patience, and delays no other channel",
    arguments: TestDatabase.all)
  func hangs(_ engine: TestDatabase) async throws {
    let (slow, quick) = (FakeVendor(.hang), FakeVendor())
    try await engine.run(channels: [FakeChannel<SlackName>(slow), FakeChannel<SMSName>(quick)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("X", name: "X", channels: "SLACK,SMS")
      let start = ContinuousClock.now
      let outcome = try await bench.incidents.notify(guid, notifyCode: "X", patience: 1.5)
      #expect(ContinuousClock.now - start < .seconds(10))
      #expect(outcome.sent == 1 && outcome.pending == 1)
      #expect(quick.received.count == 1)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .notificationSent])
    }
  }

  @Test("An unknown incident or rule is not found, and the rules there are get named", arguments: TestDatabase.all)
  func notFound(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: "SLACK")
      let rule = await LimitTests.refusal { try await bench.incidents.notify(guid, notifyCode: "INCIDENT_CRITCAL") }
      #expect(rule?.code == .notFound && rule?.allowed == ["INCIDENT_CRITICAL"])
      let incident = await LimitTests.refusal {
        try await bench.incidents.notify("00000000-0000-7000-8000-000000000000", notifyCode: "INCIDENT_CRITICAL")
      }
      #expect(incident?.code == .notFound)
      #expect(try await bench.events(of: guid) == [.incidentCreated])
    }
  }

  @Test(
    "A rule is replaced under its code; a bad list is refused", arguments: ["", "FAX", "SLACK,FAX", ":x", ","],
    TestDatabase.all)
  func rules(_ list: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.setNotifyRule("X", name: "One", channels: "SLACK", by: "ana")
      try await bench.incidents.setNotifyRule("X", name: "Two", channels: "EMAIL:a@example.com", by: "bob")
      let failure = await LimitTests.refusal { try await bench.incidents.setNotifyRule("X", name: "X", channels: list) }
      #expect(failure?.field == "notify_channels")
      let rules = try await bench.incidents.notifyRules()
      #expect(rules.map(\.notifyName) == ["Two"])
      #expect(rules.first?.notifyChannels == "EMAIL:a@example.com" && rules.first?.updatedBy == "bob")
    }
  }

  @Test("The seeds' own INSERT into def_notify works", arguments: TestDatabase.all)
  func seedInsert(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      try await bench.tamper(
        """
        INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels)
        VALUES (
        'INCIDENT_CRITICAL',
        'Critical Incident Alert',
        'PAGERDUTY,SLACK,SMS'
        );
        """)
      let guid = try await bench.incident().incidentGuid
      let outcome = try await bench.incidents.notify(guid, notifyCode: "INCIDENT_CRITICAL")
      #expect(outcome.sent == 1 && outcome.failed == 2)
      #expect(try await bench.events(of: guid).count == 4)
    }
  }
}
