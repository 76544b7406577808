import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite("Reports")
struct ReportTests {
  /// An incident with something in every section, closed after 1 h 04 min.
  static func full(_ bench: TestBench) async throws -> String {
    let incidents = bench.incidents
    let made = try await incidents.create(
      title: "Pool exhausted", severity: .critical, package: "DATABASE", description: "All slots occupied",
      assignedTo: "dba-team", alertLinks: ["alert-123"], by: "ana")
    let guid = made.incidentGuid
    bench.clock.advance(by: 5 * 60)
    try await incidents.updateStatus(guid, to: .investigating, by: "bob")
    for type in NoteType.allCases {
      try await incidents.addNote(guid, type: type, content: "Note about \(type.rawValue.lowercased())", by: "bob")
    }
    try await incidents.logCommunication(
      guid, LoggedCommunication(channel: "PHONE", message: "Called", recipient: "+1-555-0123"), by: "bob")
    bench.clock.advance(by: 59 * 60)
    try await incidents.close(guid, resolutionSummary: "Added an index", rootCause: "No index", by: "bob")
    return guid
  }

  @Test("Every format holds the whole story", arguments: ReportFormat.allCases, TestDatabase.all)
  func complete(_ format: ReportFormat, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await Self.full(bench)
      var report = try await bench.incidents.report(guid, format: format)
      // Markdown escapes what could mean something; a reader never sees the backslashes.
      if format == .markdown { report = report.replacing("\\", with: "") }
      let message = try #require(try await bench.incidents.communications(of: guid).first)
      let parts = [
        guid, "Pool exhausted", "CRITICAL", "CLOSED", "DATABASE", "All slots occupied", "dba-team", "alert-123",
        "No index", "Added an index", message.shortRef, "PHONE", "+1-555-0123", "SENT", "INCIDENT_CREATED",
        "STATUS_CHANGE",
        "INCIDENT_CLOSED", "2026-11-21T16:28:03.120Z", "Note about root_cause", "Note about resolution",
        "Note about investigation", "Note about mitigation", "Note about general",
      ]
      for part in parts { #expect(report.contains(part), "\(part)") }
      if format != .json {
        for part in ["1 h 04 min", "5 min", "Root cause and contributing factors", "Timeline"] {
          #expect(report.contains(part), "\(part)")
        }
        #expect(!report.contains("To complete"))
      }
    }
  }

  @Test(
    "The report of a closed incident is the same, byte for byte, a year later", arguments: ReportFormat.allCases,
    TestDatabase.all)
  func reproducible(_ format: ReportFormat, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await Self.full(bench)
      let first = try await bench.incidents.report(guid, format: format)
      bench.clock.advance(by: 365 * 86_400)
      let second = try await bench.incidents.report(guid, format: format)
      #expect(first == second)
      #expect(Array(first.utf8) == Array(second.utf8))
    }
  }

  @Test("Sections without content are left out, and what is missing is listed", arguments: TestDatabase.all)
  func gaps(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      bench.clock.advance(by: 26 * 3600 + 61)
      let report = try await bench.incidents.report(guid)
      for heading in [
        "Alerts\n-", "Communications\n-", "Resolution\n-", "Root cause", "Mitigation\n-", "Description\n-",
      ] {
        #expect(!report.contains("\n\(heading)"), "\(heading)")
      }
      for gap in [
        "still open", "acknowledged", "no description", "Nobody is assigned", "no root cause", "no resolution",
      ] {
        #expect(report.contains(gap), "\(gap)")
      }
      #expect(report.contains("1 d 2 h 01 min so far"))
    }
  }

  @Test("A note of the right type is as good as the field", arguments: TestDatabase.all)
  func notesComplete(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.addNote(guid, type: .rootCause, content: "A leak")
      let report = try await bench.incidents.report(guid)
      #expect(report.contains("Root cause and contributing factors") && report.contains("A leak"))
      #expect(!report.contains("no root cause") && report.contains("no resolution"))
    }
  }

  @Test(
    "A merged incident names its target, and the target its sources", arguments: ReportFormat.allCases, TestDatabase.all
  )
  func merged(_ format: ReportFormat, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid)
      try await bench.incidents.merge(b, into: a)
      let source = try await bench.incidents.report(b, format: format)
      let target = try await bench.incidents.report(a, format: format)
      #expect(source.contains(a) && target.contains(b))
      if format == .text { #expect(source.contains("Merged into") && target.contains("Merged from")) }
    }
  }

  @Test("The JSON report has the columns under their names", arguments: TestDatabase.all)
  func json(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await Self.full(bench)
      let text = try await bench.incidents.report(guid, format: .json)
      let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(
        Set(object.keys) == [
          "incident", "summary", "alerts", "notes", "timeline", "communications", "to_complete",
        ])
      let incident = try #require(object["incident"] as? [String: Any])
      #expect(incident["incident_guid"] as? String == guid && incident["merged_into_guid"] is NSNull)
      let notes = try #require(object["notes"] as? [String: [Any]])
      #expect(Set(notes.keys) == Set(NoteType.allCases.map(\.rawValue)))
      let summary = try #require(object["summary"] as? [String: Any])
      #expect(
        summary["duration_seconds"] as? Double == 3840 && summary["time_to_acknowledge_seconds"] as? Double == 300)
    }
  }

  @Test("A format is read in any case; another is refused with what is allowed")
  func formats() throws {
    #expect(try ReportFormat(word: "HTML") == .html)
    let failure = #expect(throws: Failure.self) { try ReportFormat(word: "pdf") }
    #expect(failure?.field == "format" && failure?.allowed == ["text", "markdown", "html", "json"])
  }
}
