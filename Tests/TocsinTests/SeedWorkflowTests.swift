import TestSupport
import Testing

@testable import Tocsin

/// The seeds' two workflows, call by call, in Swift. Each call's twin is listed in docs/axion.md.
@Suite("The seeds' workflows in Swift")
struct SeedWorkflowTests {
  @Test("From the creation to the mailed report", arguments: TestDatabase.all)
  func complete(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      let incidents = bench.incidents
      for code in ["INCIDENT_HIGH_PRIORITY", "INCIDENT_RESOLVED"] {
        try await incidents.setNotifyRule(code, name: code, channels: "EMAIL:team@example.com")
      }
      // 1 to 3
      let guid = try await incidents.create(
        title: "API Response Time Degraded", severity: .high, package: "WEBAPI",
        description: "95th percentile latency exceeded 5 seconds", assignedTo: "backend-team"
      ).incidentGuid
      let first = try await incidents.notify(guid, notifyCode: "INCIDENT_HIGH_PRIORITY", by: "MONITORING_SYSTEM")
      #expect((first.sent, first.failed) == (1, 0))
      try await incidents.updateStatus(guid, to: .investigating, by: "engineer1")
      // 4 to 7
      try await incidents.addNote(guid, type: .investigation, content: "Slow query on orders table", by: "engineer1")
      try await incidents.addNote(
        guid, type: .rootCause, content: "Missing index on orders.created_at", by: "engineer1")
      try await incidents.addNote(guid, type: .mitigation, content: "Added index", by: "dba1")
      try await incidents.updateStatus(guid, to: .monitoring, by: "engineer1")
      // 8 to 10
      try await incidents.close(
        guid, resolutionSummary: "Added database index", rootCause: "Missing index", by: "engineer1")
      #expect(try await incidents.notify(guid, notifyCode: "INCIDENT_RESOLVED", by: "engineer1").sent == 1)
      #expect(try await incidents.report(guid, format: .markdown).contains("Added database index"))
      let mailed = try await incidents.emailReport(
        guid, additionalRecipients: ["team-lead@example.com", "product-owner@example.com"], by: "engineer1")
      #expect(mailed.sent == 2)

      let events = try await incidents.timeline(of: guid)
      #expect(
        events.map(\.eventType) == [
          .incidentCreated, .notificationSent, .statusChange, .noteAdded, .noteAdded, .noteAdded, .statusChange,
          .incidentClosed, .notificationSent, .reportEmailed, .reportEmailed,
        ])
      #expect(events[1].createdBy == "MONITORING_SYSTEM" && events[9].createdBy == "engineer1")
      #expect(try await incidents.verifyTimeline().firstFault == nil)
      #expect(vendor.received.count == 4)
    }
  }

  @Test(
    "A reference that somebody quotes leads to the message, its incident and all of its details",
    arguments: TestDatabase.all)
  func lookUp(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let incidents = bench.incidents
      let guid = try await bench.incident("Database Connection Pool Exhausted").incidentGuid
      try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: "SLACK:#ops")
      try await incidents.notify(guid, notifyCode: "INCIDENT_CRITICAL")
      let quoted = try #require(vendor.received.first).text

      let found = try #require(try await incidents.communication(ref: quoted))
      #expect(found.communication.channel == "SLACK" && found.communication.recipient == "#ops")
      #expect(found.incidentTitle == "Database Connection Pool Exhausted")
      #expect(found.incidentSeverity == .critical && found.incidentStatus == .created)
      #expect(try await incidents.get(found.communication.shortRef).incidentGuid == guid)
      #expect(try await incidents.communications(of: guid, channel: "slack", limit: 10).count == 1)
      #expect(try await incidents.communication(ref: "REF-20251229-A7K") == nil)
    }
  }
}
