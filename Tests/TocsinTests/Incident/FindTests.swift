import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Naming an incident")
struct FindTests {
  @Test("A guid, a prefix of six characters in any case, and a REF in any case find it", arguments: TestDatabase.all)
  func finds(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incident()
      let sent = try await bench.incidents.logCommunication(made.incidentGuid, LoggedCommunication(channel: "PHONE"))
      let guid = made.incidentGuid
      for id in [
        guid, guid.uppercased(), String(guid.prefix(6)), String(guid.prefix(9)), sent.shortRef,
        sent.shortRef.lowercased(), "Re: [Ref: \(sent.shortRef)] please look",
      ] {
        #expect(try await bench.incidents.get(id).incidentGuid == guid, "\(id)")
      }
    }
  }

  @Test("A prefix that fits several, or is too short, is refused and says so", arguments: TestDatabase.all)
  func refusesAmbiguous(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guids = [try await bench.incident().incidentGuid, try await bench.incident().incidentGuid]
      let several = await #expect(throws: Failure.self) { try await bench.incidents.get(String(guids[0].prefix(8))) }
      #expect(several?.code == .invalid)
      #expect(several?.allowed == guids.sorted())
      let short = await #expect(throws: Failure.self) { try await bench.incidents.get(String(guids[0].prefix(5))) }
      #expect(short?.code == .invalid)
    }
  }

  @Test(
    "What names nothing is not found",
    arguments: [
      "00000000-0000-7000-8000-000000000000", "abcdef", "REF-20251229-A7K", "' OR 1=1 --", "%%%%%%%%", "______",
    ], TestDatabase.all)
  func missing(_ id: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await bench.incident()
      let failure = await #expect(throws: Failure.self) { try await bench.incidents.get(id) }
      #expect(failure?.code == .notFound)
    }
  }

  @Test("The details count what hangs on an incident", arguments: TestDatabase.all)
  func counts(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.addNote(guid, type: .general, content: "One")
      try await bench.incidents.addNote(guid, type: .general, content: "Two")
      try await bench.incidents.linkAlert("alert-1", to: guid)
      try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE"))
      let details = try await bench.incidents.details(of: guid)
      #expect(details.noteCount == 2)
      #expect(details.alertCount == 1)
      #expect(details.communicationCount == 1)
      #expect(details.timelineCount == 5)
    }
  }
}
