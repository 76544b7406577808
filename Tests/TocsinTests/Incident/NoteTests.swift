import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Notes and alert links")
struct NoteTests {
  @Test("A note of each type is kept, with one event", arguments: NoteType.allCases, TestDatabase.all)
  func adds(_ type: NoteType, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let note = try await bench.incidents.addNote(guid, type: type, content: "Found it\nhere", by: "ana")
      #expect(try await bench.incidents.notes(of: guid) == [note])
      #expect(note.noteType == type && note.content == "Found it\nhere" && note.createdBy == "ana")
      let events = try await bench.incidents.timeline(of: guid)
      #expect(events.map(\.eventType) == [.incidentCreated, .noteAdded])
      #expect(events.last?.description.contains("Found it") == true)
    }
  }

  @Test("A closed incident takes notes; an empty note is refused", arguments: TestDatabase.all)
  func closed(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident(in: .closed).incidentGuid
      try await bench.incidents.addNote(guid, type: .rootCause, content: "A leak")
      let failure = await LimitTests.refusal { try await bench.incidents.addNote(guid, type: .general, content: "") }
      #expect(failure?.field == "content")
      #expect(try await bench.events(of: guid) == [.incidentCreated, .incidentClosed, .noteAdded])
    }
  }

  @Test("Linking an alert again changes nothing and writes nothing", arguments: TestDatabase.all)
  func linksOnce(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let first = try await bench.incidents.linkAlert("alert-789", to: guid, by: "ana")
      bench.clock.advance(by: 5)
      let second = try await bench.incidents.linkAlert("alert-789", to: guid, by: "bob")
      #expect(first == second)
      #expect(try await bench.incidents.alerts(of: guid) == [first])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("One alert may belong to several incidents", arguments: TestDatabase.all)
  func manyToMany(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for title in ["A", "B"] {
        let guid = try await bench.incident(title).incidentGuid
        try await bench.incidents.linkAlert("shared", to: guid)
        #expect(try await bench.incidents.alerts(of: guid).map(\.alertGuid) == ["shared"])
        #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
      }
    }
  }
}
