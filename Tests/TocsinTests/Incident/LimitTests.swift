import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Limits: too long is refused, never cut")
struct LimitTests {
  /// One character that is four bytes of UTF-8.
  static let wide = "\u{1F525}"
  static let block = 64 * 1024

  static func refusal(_ body: () async throws -> Void) async -> Failure? {
    do {
      try await body()
      return nil
    } catch let failure as Failure {
      return failure
    } catch {
      return Failure(.internal, "\(error)")
    }
  }

  @Test("A title has 1 to 255 characters", arguments: [0, 1, 255, 256], TestDatabase.all)
  func title(_ length: Int, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let title = String(repeating: Self.wide, count: length)
      let failure = await Self.refusal {
        let made = try await bench.incidents.create(title: title, severity: .low, package: "WEB")
        #expect(made.title == title)
      }
      #expect(failure?.field == ((1...255).contains(length) ? nil : "title"))
    }
  }

  @Test("A package has 1 to 100 characters", arguments: [0, 1, 100, 101], TestDatabase.all)
  func package(_ length: Int, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let package = String(repeating: "p", count: length)
      let failure = await Self.refusal {
        let made = try await bench.incidents.create(title: "Down", severity: .low, package: package)
        #expect(made.package == package)
      }
      #expect(failure?.field == ((1...100).contains(length) ? nil : "package"))
    }
  }

  @Test("An assignee, a name and an alert's guid have up to 255 characters", arguments: [255, 256], TestDatabase.all)
  func lines(_ length: Int, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let text = String(repeating: "a", count: length)
      let guid = try await bench.incident().incidentGuid
      let fits = length <= 255
      let assigned = await Self.refusal { try await bench.incidents.assign(guid, to: text) }
      #expect(assigned?.field == (fits ? nil : "assigned_to"))
      let linked = await Self.refusal { try await bench.incidents.linkAlert(text, to: guid) }
      #expect(linked?.field == (fits ? nil : "alert_guid"))
      let named = await Self.refusal { _ = try Principal(text) }
      #expect(named?.field == (fits ? nil : "by"))
    }
  }

  @Test("Description, note, summary and message have up to 64 KiB of UTF-8", arguments: [0, 1], TestDatabase.all)
  func blocks(_ excess: Int, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let text =
        String(repeating: Self.wide, count: Self.block / 4 - 1) + "abcd" + String(repeating: "x", count: excess)
      let guid = try await bench.incident().incidentGuid
      let incidents = bench.incidents
      func expect(_ field: String, _ body: () async throws -> Void) async {
        let failure = await Self.refusal(body)
        #expect(failure?.field == (excess == 0 ? nil : field), "\(field): \(failure?.message ?? "accepted")")
      }
      await expect("description") { try await incidents.update(guid, IncidentChanges(description: text)) }
      await expect("content") { try await incidents.addNote(guid, type: .general, content: text) }
      await expect("message") {
        try await incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE", message: text))
      }
      await expect("root_cause") { try await incidents.close(guid, rootCause: text) }
      if excess == 0 {
        #expect(try await incidents.get(guid).description == text)
        #expect(try await incidents.get(guid).rootCause == text)
        #expect(try await incidents.notes(of: guid).first?.content == text)
        #expect(try await incidents.communications(of: guid).first?.message == text)
      }
    }
  }

  @Test("A NUL is refused in every field and nothing is written", arguments: TestDatabase.all)
  func nul(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let incidents = bench.incidents
      let bad = "a\0b"
      let attempts: [(String, () async throws -> Void)] = [
        ("title", { try await incidents.create(title: bad, severity: .low, package: "p") }),
        ("package", { try await incidents.create(title: "t", severity: .low, package: bad) }),
        ("description", { try await incidents.update(guid, IncidentChanges(description: bad)) }),
        ("assigned_to", { try await incidents.assign(guid, to: bad) }),
        ("content", { try await incidents.addNote(guid, type: .general, content: bad) }),
        ("alert_guid", { try await incidents.linkAlert(bad, to: guid) }),
        ("resolution_summary", { try await incidents.close(guid, resolutionSummary: bad) }),
        ("channel", { try await incidents.logCommunication(guid, LoggedCommunication(channel: bad)) }),
        ("by", { _ = try Principal(bad) }),
      ]
      for (field, attempt) in attempts {
        let failure = await Self.refusal(attempt)
        #expect(failure?.code == .invalid && failure?.field == field, "\(field): \(failure?.message ?? "accepted")")
      }
      #expect(try await bench.events(of: guid) == [.incidentCreated])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident") == 1)
    }
  }

  @Test("White space alone is no title", arguments: [" ", "\n\t ", "\u{3000}"], TestDatabase.all)
  func blank(_ title: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = await Self.refusal {
        try await bench.incidents.create(title: title, severity: .low, package: "WEB")
      }
      #expect(failure?.field == "title")
    }
  }
}
