import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite("Hostile text")
struct HostileTextTests {
  /// An incident with `text` in every field that takes it.
  static func incident(_ bench: TestBench, _ text: String) async throws -> String {
    let (incidents, by) = (bench.incidents, try Principal(text))
    let package = String(text.prefix(60))
    let made = try await incidents.create(
      title: text, severity: .high, package: package, description: text, assignedTo: text, alertLinks: [text], by: by)
    let guid = made.incidentGuid
    for type in NoteType.allCases { try await incidents.addNote(guid, type: type, content: text, by: by) }
    try await incidents.logCommunication(
      guid,
      LoggedCommunication(
        channel: "PHONE", message: text, recipient: text, externalId: text, metadata: ["key": .string(text), text: 1]),
      by: by)
    try await incidents.close(guid, resolutionSummary: text, rootCause: text, by: by)
    return guid
  }

  @Test("It is stored exactly, in every field", arguments: Hostile.allCases, TestDatabase.all)
  func stored(_ hostile: Hostile, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let text = hostile.rawValue
      let guid = try await Self.incident(bench, text)
      func same(_ stored: String?) -> Bool { stored.map { Array($0.utf8) } == Array(text.utf8) }
      let incident = try await bench.incidents.get(guid)
      #expect(
        same(incident.title) && same(incident.description) && same(incident.assignedTo) && same(incident.createdBy))
      #expect(same(incident.resolutionSummary) && same(incident.rootCause) && same(incident.closedBy))
      #expect(try await bench.incidents.notes(of: guid).allSatisfy { same($0.content) && same($0.createdBy) })
      #expect(try await bench.incidents.alerts(of: guid).allSatisfy { same($0.alertGuid) && same($0.linkedBy) })
      let message = try #require(try await bench.incidents.communications(of: guid).first)
      #expect(same(message.message) && same(message.recipient) && same(message.externalId))
      #expect(message.metadata == ["key": .string(text), text: 1])
      #expect(try await bench.incidents.timeline(of: guid).allSatisfy { same($0.createdBy) })
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(
    "HTML has no element, attribute or comment that a plain text would not have", arguments: Hostile.allCases,
    TestDatabase.all)
  func html(_ hostile: Hostile, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let plain = Markup(try await bench.incidents.report(Self.incident(bench, "plain"), format: .html))
      let html = try await bench.incidents.report(Self.incident(bench, hostile.rawValue), format: .html)
      let markup = Markup(html)
      #expect(markup.isBalanced)
      #expect(markup.elements == plain.elements)
      #expect(markup.attributes == plain.attributes)
      #expect(!html.contains("<!--"))
      #expect(Set(markup.elements).isDisjoint(with: ["script", "img", "svg", "a", "iframe", "object", "link", "form"]))
      if hostile == .script || hostile == .sql || hostile == .htmlComment {
        #expect(markup.text.contains(hostile.rawValue))
      }
    }
  }

  @Test(
    "No format but JSON lets a control character or a turn of direction through, and JSON escapes them",
    arguments: Hostile.allCases, ReportFormat.allCases)
  func unseen(_ hostile: Hostile, _ format: ReportFormat) async throws {
    try await TestDatabase.runEach { bench in
      let guid = try await Self.incident(bench, hostile.rawValue)
      let report = try await bench.incidents.report(guid, format: format)
      let bad = report.unicodeScalars.filter { scalar in
        let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        return turns || (scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t")
      }
      #expect(bad.isEmpty)
      if format == .json {
        #expect(try Self.title(inJSON: report) == hostile.rawValue)
      } else if hostile == .rightToLeft {
        #expect(report.replacing("\\", with: "").contains("[U+202E]"))
      }
    }
  }

  private static func title(inJSON report: String) throws -> String? {
    let object = try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any]
    return (object?["incident"] as? [String: Any])?["title"] as? String
  }

  @Test("No text passes for a heading of the text report", arguments: TestDatabase.all)
  func headings(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let forged = "x\n\nResolution\n----------\nAll is well\r\nTimeline\n--------\n"
      let guid = try await Self.incident(bench, forged)
      let lines = try await bench.incidents.report(guid).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count { $0 == "Resolution" } == 1)
      #expect(lines.count { $0 == "Timeline" } == 1)
      #expect(lines.allSatisfy { !$0.hasPrefix("All is well") })
    }
  }

  @Test(
    "64 KiB in one line and in many are reported in every format", arguments: ReportFormat.allCases, TestDatabase.all)
  func large(_ format: ReportFormat, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.addNote(guid, type: .general, content: String(repeating: "<", count: 65_536))
      try await bench.incidents.addNote(guid, type: .general, content: String(repeating: "*\n", count: 32_768))
      let report = try await bench.incidents.report(guid, format: format)
      #expect(report.utf8.count > 131_072)
      #expect(try await bench.events(of: guid).count == 3)
    }
  }
}
