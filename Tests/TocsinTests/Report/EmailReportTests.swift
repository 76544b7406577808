import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Mailing reports")
struct EmailReportTests {
  static func mailing(_ recipients: [String] = []) -> (Incidents.Settings, FakeVendor, FakeChannel<EmailName>) {
    var settings = Incidents.Settings()
    settings.reportRecipients = recipients
    let vendor = FakeVendor()
    return (settings, vendor, FakeChannel<EmailName>(vendor))
  }

  @Test("Each recipient gets one message with a REF, in HTML and text, and an event", arguments: TestDatabase.all)
  func mails(_ engine: TestDatabase) async throws {
    let (settings, vendor, channel) = Self.mailing(["lead@example.com"])
    try await engine.run(channels: [channel], settings: settings) { bench in
      let guid = try await ReportTests.full(bench)
      let events = try await bench.events(of: guid)
      let outcome = try await bench.incidents.emailReport(
        guid, additionalRecipients: ["boss@example.com", "LEAD@example.com", " boss@example.com"], by: "ana")
      #expect(outcome.sent == 2 && outcome.failed == 0 && outcome.pending == 0)
      #expect(vendor.received.map(\.target).sorted() == ["boss@example.com", "lead@example.com"])
      #expect(Set(vendor.received.map(\.shortRef)).count == 2)
      for message in vendor.received {
        #expect(message.kind == .report && message.subject.contains("Pool exhausted"))
        #expect(message.subject.contains(message.shortRef))
        #expect(message.text.hasSuffix("[Ref: \(message.shortRef)]\n") && message.text.contains("No index"))
        let html = try #require(message.html)
        #expect(html.contains("[Ref: \(message.shortRef)]") && html.contains("No index") && Markup(html).isBalanced)
        let row = try #require(outcome.communications.first { $0.shortRef == message.shortRef })
        #expect(row.channel == "EMAIL" && row.status == "SENT" && row.recipient == message.target)
        let cover = try #require(row.message)
        #expect(cover.hasSuffix("[Ref: \(row.shortRef)]") && cover.contains("CRITICAL") && cover.contains("CLOSED"))
        #expect(cover.contains("Pool exhausted") && !cover.contains("No index"))
      }
      #expect(try await bench.events(of: guid) == events + [.reportEmailed, .reportEmailed])
    }
  }

  @Test("As text it has no HTML", arguments: TestDatabase.all)
  func asText(_ engine: TestDatabase) async throws {
    let (settings, vendor, channel) = Self.mailing(["lead@example.com"])
    try await engine.run(channels: [channel], settings: settings) { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.emailReport(guid, format: .text)
      #expect(vendor.received.map(\.html) == [nil])
      #expect(vendor.received.first?.text.hasPrefix("INCIDENT REPORT") == true)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .reportEmailed])
    }
  }

  @Test(
    "What cannot be mailed is refused before anything is written",
    arguments: [
      ([], .html, "additional_recipients"), (["nobody"], .html, "additional_recipients"),
      ([""], .html, "additional_recipients"),
      (["a@example.com\r\nBcc: eve@example.com"], .html, "additional_recipients"),
      (["a\0@example.com"], .html, "additional_recipients"), (["a@example.com"], .markdown, "format"),
      (["a@example.com"], .json, "format"),
    ] as [([String], ReportFormat, String)])
  func refused(_ additional: [String], _ format: ReportFormat, _ field: String) async throws {
    let (settings, vendor, channel) = Self.mailing()
    try await TestDatabase.runEach(channels: [channel], settings: settings) { bench in
      let guid = try await bench.incident().incidentGuid
      let failure = await LimitTests.refusal {
        try await bench.incidents.emailReport(guid, format: format, additionalRecipients: additional)
      }
      #expect(failure?.code == .invalid && failure?.field == field)
      if additional.isEmpty { #expect(failure?.message.contains("reports.recipients") == true) }
      if field == "format" { #expect(failure?.allowed == ["html", "text"]) }
      #expect(vendor.received.isEmpty)
      #expect(try await bench.events(of: guid) == [.incidentCreated])
    }
  }

  @Test("Without a mail channel the message is FAILED, with a REF and an event", arguments: TestDatabase.all)
  func unconfigured(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let outcome = try await bench.incidents.emailReport(guid, additionalRecipients: ["a@example.com"])
      #expect(outcome.failed == 1 && outcome.sent == 0)
      #expect(outcome.communications.first?.errorMessage?.contains("channels.email") == true)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .notificationFailed])
    }
  }

  @Test("A title with line breaks makes a subject of one line", arguments: TestDatabase.all)
  func subject(_ engine: TestDatabase) async throws {
    let (settings, vendor, channel) = Self.mailing(["lead@example.com"])
    try await engine.run(channels: [channel], settings: settings) { bench in
      let guid = try await bench.incident("Down\r\nBcc: eve@example.com\u{1B}").incidentGuid
      try await bench.incidents.emailReport(guid)
      let subject = try #require(vendor.received.first?.subject)
      #expect(subject.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
      #expect(try await bench.events(of: guid) == [.incidentCreated, .reportEmailed])
    }
  }
}
