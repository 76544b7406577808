import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Logged communications")
struct CommunicationTests {
  @Test("A phone call is put on record as it was, with a REF and one event", arguments: TestDatabase.all)
  func logs(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let logged = LoggedCommunication(
        channel: "phone", direction: .outbound, message: "Called on-call engineer", recipient: "+1-555-0123",
        status: .sent, externalId: "call-7", metadata: ["duration_seconds": 180, "answered": true])
      let row = try await bench.incidents.logCommunication(guid, logged, by: "ana")
      let read = try #require(await bench.incidents.communications(of: guid).first)
      #expect(read == row)
      #expect(read.channel == "PHONE" && read.direction == .outbound && read.status == "SENT")
      #expect(read.message == "Called on-call engineer" && read.recipient == "+1-555-0123")
      #expect(read.externalId == "call-7" && read.metadata == ["duration_seconds": 180, "answered": true])
      let events = try await bench.incidents.timeline(of: guid)
      #expect(events.map(\.eventType) == [.incidentCreated, .communicationLogged])
      #expect(events.last?.description.contains(row.shortRef) == true)
      #expect(events.last?.createdBy == "ana")
    }
  }

  @Test("Without further words it is outbound and sent, as the seeds say", arguments: TestDatabase.all)
  func defaults(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let row = try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE"))
      #expect(row.direction == .outbound && row.status == "SENT" && row.metadata == nil)
    }
  }

  @Test("The history is newest first, by channel in any case, and cut at the limit", arguments: TestDatabase.all)
  func lists(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      for (number, channel) in ["PHONE", "SLACK", "PHONE"].enumerated() {
        bench.clock.advance(by: 1)
        try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: channel, message: "\(number)"))
      }
      func messages(_ channel: String?, _ limit: Int?) async throws -> [String?] {
        try await bench.incidents.communications(of: guid, channel: channel, limit: limit).map(\.message)
      }
      #expect(try await messages(nil, nil) == ["2", "1", "0"])
      #expect(try await messages("phone", nil) == ["2", "0"])
      #expect(try await messages("PHONE", 1) == ["2"])
      #expect(try await messages("SMS", nil) == [])
      let failure = await LimitTests.refusal { _ = try await messages(nil, 0) }
      #expect(failure?.field == "limit")
    }
  }

  @Test(
    "A REF is looked up with its incident; an unknown one gives nothing; nonsense is refused",
    arguments: TestDatabase.all)
  func looksUp(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incident = try await bench.incident("Pool exhausted")
      let row = try await bench.incidents.logCommunication(incident.incidentGuid, LoggedCommunication(channel: "SLACK"))
      let found = try #require(await bench.incidents.communication(ref: row.shortRef.lowercased()))
      #expect(found.communication == row && found.incidentTitle == incident.title)
      let json = try JSON.encode(found)
      for part in [
        "\"short_ref\":\"\(row.shortRef)\"", "\"incident_title\":\"Pool exhausted\"",
        "\"incident_severity\":\"CRITICAL\"",
        "\"incident_status\":\"CREATED\"", "\"incident_package\":\"DATABASE\"", "\"metadata\":null",
      ] { #expect(json.contains(part), "\(part)") }
      #expect(try await bench.incidents.communication(ref: "REF-20251229-A7K") == nil)
      for nonsense in ["", "REF", "A7K", "REF-2025-A7K", "REF-20251229-A", "REF-20251229-ABCDEFGH"] {
        let failure = await LimitTests.refusal { _ = try await bench.incidents.communication(ref: nonsense) }
        #expect(failure?.code == .invalid, "\(nonsense)")
      }
    }
  }
}
