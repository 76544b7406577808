import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Markdown reports")
struct MarkdownTests {
  /// Characters that make something of a text anywhere in it.
  static let special: Set<Character> = ["`", "*", "_", "[", "]", "<", ">", "|", "~", "&", "$", "!", "{", "}", "^", "#"]

  /// The report's lines, without the marks that the report itself sets.
  static func contents(_ report: String) -> [Substring] {
    report.split(separator: "\n").map { line in
      if let match = line.firstMatch(of: #/^- \*\*[A-Za-z ]+:\*\* /#) { return line[match.range.upperBound...] }
      if line.hasPrefix("## ") { return "" }
      if let match = line.firstMatch(of: #/^(# |- |  > |  >|> |>)/#) { return line[match.range.upperBound...] }
      return line
    }
  }

  @Test("Every character that could mean something is escaped", arguments: Hostile.allCases, TestDatabase.all)
  func escaped(_ hostile: Hostile, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await HostileTextTests.incident(bench, hostile.rawValue)
      let report = try await bench.incidents.report(guid, format: .markdown)
      for line in Self.contents(report) {
        var escaping = false
        for character in line {
          if escaping {
            escaping = false
          } else if character == "\\" {
            escaping = true
          } else {
            #expect(!Self.special.contains(character), "\(line)")
          }
        }
        #expect(line.firstMatch(of: /^(#|[-+=:]|\d+[.)])/) == nil, "\(line)")
        #expect(!line.hasPrefix(" ") && !line.hasPrefix("\t"), "\(line)")
        #expect(line.firstMatch(of: #/[A-Za-z]://|www\./#) == nil, "\(line)")
      }
    }
  }

  @Test("The only headings are the report's own", arguments: Hostile.allCases, TestDatabase.all)
  func headings(_ hostile: Hostile, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      func headings(_ text: String) async throws -> [Substring] {
        let guid = try await HostileTextTests.incident(bench, text)
        let report = try await bench.incidents.report(guid, format: .markdown)
        return report.split(separator: "\n").filter { $0.hasPrefix("## ") }
      }
      let (forged, plain) = (try await headings(hostile.rawValue), try await headings("plain"))
      #expect(forged == plain)
    }
  }

  @Test("Line breaks stay where they were", arguments: TestDatabase.all)
  func lineBreaks(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.update(guid, IncidentChanges(description: "one\ntwo\n\n    three"))
      let report = try await bench.incidents.report(guid, format: .markdown)
      #expect(report.contains("> one\\\n> two\n>\n> \u{A0}\u{A0}\u{A0}\u{A0}three\n"))
    }
  }
}
