import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Words and JSON")
struct WordTests {
  @Test(
    "A word is read in any case, with a hyphen for the underscore",
    arguments: ["ROOT_CAUSE", "root_cause", "Root-Cause"])
  func reads(_ word: String) throws {
    #expect(try NoteType(word: word) == .rootCause)
  }

  @Test("A typo is refused with the field, all that is allowed, and the nearest of it")
  func typo() {
    let failure = #expect(throws: Failure.self) { try Severity(word: "CRITICLE") }
    #expect(failure?.code == .invalid && failure?.field == "severity")
    #expect(failure?.allowed == ["CRITICAL", "HIGH", "MEDIUM", "LOW"])
    #expect(failure?.message.contains("did you mean CRITICAL?") == true)
  }

  @Test(
    "A word that attacks a terminal is shown harmless",
    arguments: ["\u{1B}[2J", "a\r\nb", String(repeating: "x", count: 500)])
  func hostile(_ word: String) {
    let failure = #expect(throws: Failure.self) { try Status(word: word) }
    let message = failure?.message ?? ""
    #expect(message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(message.count < 250)
  }

  @Test(
    "JSON has the columns in snake_case, RFC 3339 times, and null where a column is empty", arguments: TestDatabase.all)
  func json(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incident = try await bench.incident("A/B \"quoted\"")
      let expected =
        "{\"acknowledged_at\":null,\"acknowledged_by\":null,\"assigned_to\":null,\"closed_at\":null,\"closed_by\":null,"
        + "\"created_at\":\"2026-11-21T16:28:03.120Z\",\"created_by\":\"dba1\",\"description\":null,"
        + "\"incident_guid\":\"\(incident.incidentGuid)\",\"merged_into_guid\":null,\"package\":\"DATABASE\","
        + "\"resolution_summary\":null,\"root_cause\":null,\"severity\":\"CRITICAL\",\"status\":\"CREATED\","
        + "\"title\":\"A/B \\\"quoted\\\"\",\"updated_at\":\"2026-11-21T16:28:03.120Z\",\"version\":1}"
      #expect(try JSON.encode(incident) == expected)
    }
  }

  @Test("Metadata keeps its own keys and numbers")
  func metadata() throws {
    let text = "{\"duration_seconds\":180,\"CamelCase\":{\"innerKey\":[1.5,true,null,\"x\"]}}"
    let value = try #require(try JSONValue.object(text))
    #expect(try JSON.encode(value) == "{\"CamelCase\":{\"innerKey\":[1.5,true,null,\"x\"]},\"duration_seconds\":180}")
  }

  @Test("Metadata that is no object is refused", arguments: ["", "[]", "1", "{", "null", "{\"a\":}"])
  func badMetadata(_ text: String) {
    let failure = #expect(throws: Failure.self) { try JSONValue.object(text) }
    #expect(failure?.field == "metadata")
  }
}
