import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Message templates")
struct TemplateTests {
  /// Sends with a template and gives back what the vendor got.
  static func sent(
    _ template: String?, title: String = "Pool exhausted", description: String? = nil, url: String? = nil
  ) async throws -> OutboundMessage {
    let vendor = FakeVendor()
    var settings = Incidents.Settings()
    settings.publicURL = url
    let message = Collected<OutboundMessage>()
    try await TestDatabase.runEach(channels: [FakeChannel<SlackName>(vendor)], settings: settings) { bench in
      try await bench.incidents.setNotifyRule("X", name: "X", channels: "SLACK")
      let made = try await bench.incidents.create(
        title: title, severity: .critical, package: "DATABASE", description: description, assignedTo: "dba-team")
      try await bench.incidents.notify(made.incidentGuid, notifyCode: "X", messageTemplate: template)
      #expect(try await bench.events(of: made.incidentGuid) == [.incidentCreated, .notificationSent])
      for received in vendor.received { message.add(received) }
    }
    return try #require(message.all.first)
  }

  @Test("Every placeholder is replaced")
  func placeholders() async throws {
    let names = [
      "incident_guid", "incident_title", "incident_severity", "incident_status", "incident_package",
      "incident_description", "incident_created_at", "incident_assigned_to", "short_ref", "incident_url",
    ]
    let message = try await Self.sent(
      names.map { "{\($0)}" }.joined(separator: "|"), description: "All slots", url: "https://tocsin.example")
    let guid = message.incident.incidentGuid
    let expected = [
      guid, "Pool exhausted", "CRITICAL", "CREATED", "DATABASE", "All slots", "2026-11-21T16:28:03.120Z", "dba-team",
      message.shortRef, "https://tocsin.example/incidents/\(guid)",
    ]
    #expect(message.text == expected.joined(separator: "|"))
  }

  @Test(
    "The reference is added at the end unless the template placed it",
    arguments: ["Down", "Down\n", "{incident_title}"])
  func appends(_ template: String) async throws {
    let message = try await Self.sent(template)
    #expect(message.text.hasSuffix("\n[Ref: \(message.shortRef)]"))
    #expect(message.text.split(separator: message.shortRef, omittingEmptySubsequences: false).count == 2)
    let placed = try await Self.sent("See {short_ref} now")
    #expect(placed.text == "See \(placed.shortRef) now")
  }

  @Test("What a placeholder brings in is not looked at again")
  func onePass() async throws {
    let title = "{incident_description} {short_ref} {unknown} {{incident_guid}}"
    let message = try await Self.sent(
      "{incident_title}: {incident_description}", title: title, description: "{incident_title}")
    #expect(message.text == "\(title): {incident_title}\n[Ref: \(message.shortRef)]")
  }

  @Test("The standard message has title, severity, status, package and reference")
  func standard() async throws {
    let message = try await Self.sent(nil)
    for part in ["CRITICAL", "Pool exhausted", "Status: CREATED", "Package: DATABASE"] {
      #expect(message.text.contains(part), "\(part)")
    }
    #expect(message.text.hasSuffix("[Ref: \(message.shortRef)]"))
  }

  @Test(
    "Braces around anything but a name are text",
    arguments: ["{}", "{ incident_title }", "{\"a\": 1}", "{1}", "a } b {"])
  func braces(_ template: String) async throws {
    let message = try await Self.sent(template)
    #expect(message.text == "\(template)\n[Ref: \(message.shortRef)]")
  }

  @Test("An unknown placeholder is refused, named, and nothing is sent", arguments: TestDatabase.all)
  func unknown(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<SlackName>(vendor)]) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("X", name: "X", channels: "SLACK")
      let failure = await LimitTests.refusal {
        try await bench.incidents.notify(guid, notifyCode: "X", messageTemplate: "{incident_titel}")
      }
      #expect(failure?.code == .invalid)
      #expect(failure?.message.contains("{incident_titel}") == true)
      #expect(failure?.message.contains("incident_title") == true)
      #expect(failure?.allowed.count == 10)
      let saved = await LimitTests.refusal {
        try await bench.incidents.setNotifyRule("Y", name: "Y", channels: "SLACK", messageTemplate: "{no}")
      }
      #expect(saved?.code == .invalid)
      #expect(vendor.received.isEmpty)
      #expect(try await bench.events(of: guid) == [.incidentCreated])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_communication") == 0)
    }
  }
}
