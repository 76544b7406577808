import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only: this is about pages, which no engine decides.
@Suite struct NotePageTests {
  @Test func `A note is kept with its type, and stands on the timeline as Markdown, in full`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let long = String(repeating: "word ", count: 200)
      let text = "It is the **pool**.\r\n\r\n- one\r\n- two\r\n\r\n\(long)end"
      let answer = try await bench.submit(
        "/incidents/\(guid)/notes", [("note_type", "INVESTIGATION"), ("content", text)], by: &ada)
      #expect(answer.status == 303)
      #expect(answer.headers[.location] == "/incidents/\(guid)?said=note_added#timeline")
      let note = try #require(try await bench.incidents.notes(of: guid).first)
      #expect(note.noteType == .investigation && note.createdBy == "ada" && !note.content.contains("\r"))
      let page = try await bench.send(.get, "/incidents/\(guid)", by: &ada).text
      #expect(page.contains("<strong>pool</strong>") && page.contains("<li>one</li>") && page.contains("word end</p>"))
      #expect(page.contains("INVESTIGATION</span>"))
      #expect(try await bench.events(of: guid) == [.incidentCreated, .noteAdded])
    }
  }

  @Test func `A preview shows the note and writes nothing, with script and without`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let page = try await bench.submit(
        "/incidents/\(guid)/notes", [("note_type", "MITIGATION"), ("content", "so *it* is"), ("preview", "1")], by: &ada
      )
      #expect(page.status == 200 && page.text.contains("so <em>it</em> is"))
      #expect(page.text.contains("so *it* is</textarea>") && page.text.contains("<option selected>MITIGATION</option>"))
      let part = try await bench.submit("/preview", [("text", "**x** <script>alert(1)</script>")], by: &ada)
      #expect(part.status == 200 && part.text.contains("<strong>x</strong>") && !part.text.contains("<script"))
      #expect(try await bench.incidents.notes(of: guid).isEmpty)
    }
  }

  /// Failure: a log that somebody pasted makes the page too large for a phone.
  @Test func `A long note begins on the timeline, and stands in full on a page of its own`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let text = String(repeating: "line of a log\n", count: 1000) + "its end"
      let note = try await bench.incidents.addNote(guid, type: .general, content: text)
      let page = try await bench.send(.get, "/incidents/\(guid)", by: &ada).text
      #expect(page.contains("line of a log") && !page.contains("its end"))
      let address = "/incidents/\(guid)/notes/\(note.noteGuid)"
      #expect(page.contains("href=\"\(address)\""))
      #expect(try await bench.send(.get, address, by: &ada).text.contains("its end"))
      #expect(try await bench.send(.get, address + "x", by: &ada).status == 404)
    }
  }

  @Test func `An empty note, and one of a type that is none, are refused and kept`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let empty = try await bench.submit(
        "/incidents/\(guid)/notes", [("note_type", "GENERAL"), ("content", " \r\n ")], by: &ada)
      #expect(empty.status == 422 && empty.text.contains("The note is empty."))
      let odd = try await bench.submit(
        "/incidents/\(guid)/notes", [("note_type", "ODD"), ("content", "kept")], by: &ada)
      #expect(odd.status == 422 && odd.text.contains("kept</textarea>"))
      // Whoever loads the address of the form again gets the page, not an error.
      let again = try await bench.send(.get, "/incidents/\(guid)/notes", by: &ada)
      #expect(again.status == 303 && again.headers[.location] == "/incidents/\(guid)")
    }
  }

  @Test func `The timeline is newest first, turns around, narrows to kinds, and goes on behind a hundred`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      for number in 0..<120 { try await bench.incidents.addNote(guid, type: .general, content: "note-\(number)") }
      try await bench.incidents.updateStatus(guid, to: .investigating)
      func seqs(_ query: String) async throws -> [Int] {
        let page = try await bench.send(.get, "/incidents/\(guid)\(query)", by: &ada)
        return page.text.matches(of: /id="e-(\d+)"/).compactMap { Int($0.1) }
      }
      let first = try await seqs("")
      #expect(first.count == 100 && first == first.sorted(by: >) && first.first == 122)
      let oldest = try await seqs("?order=oldest")
      #expect(oldest == Array(1...100))
      #expect(try await seqs("?show=status") == [122, 1])
      #expect(try await seqs("?show=status,other&order=oldest") == [1, 122])
      let page = try await bench.send(.get, "/incidents/\(guid)?show=notes", by: &ada).text
      let next = try #require(page.firstMatch(of: /href="[^"?]*(\?show=notes&amp;cursor=[^"#]+)#timeline"/)).1
      let rest = try await seqs(String(next).replacing("&amp;", with: "&"))
      #expect(rest == Array(2...21).reversed())
    }
  }
}
