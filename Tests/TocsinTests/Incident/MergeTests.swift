import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite("Merging incidents")
struct MergeTests {
  @Test("Notes, messages, timeline and links move, and remember where they came from", arguments: TestDatabase.all)
  func moves(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let (a, b) = (try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid)
      try await incidents.addNote(b, type: .investigation, content: "Slow query", by: "ana")
      let sent = try await incidents.logCommunication(b, LoggedCommunication(channel: "PHONE", message: "Called"))
      try await incidents.linkAlert("alert-b", to: b)
      let target = try await incidents.merge(b, into: a, by: "bob")

      #expect(target.incidentGuid == a && target.status == .created && target.mergedIntoGuid == nil)
      let source = try await incidents.get(b)
      #expect(source.status == .closed && source.closedBy == "bob" && source.closedAt == bench.clock.now)
      #expect(source.mergedIntoGuid == a && source.resolutionSummary == "Merged into \(a)")
      let note = try #require(await incidents.notes(of: a).first)
      #expect(note.content == "Slow query" && note.originIncidentGuid == b && note.incidentGuid == a)
      let message = try #require(await incidents.communications(of: a).first)
      #expect(message.shortRef == sent.shortRef && message.originIncidentGuid == b)
      let link = try #require(await incidents.alerts(of: a).first)
      #expect(link.alertGuid == "alert-b" && link.originIncidentGuid == b)
      #expect(try await incidents.notes(of: b).isEmpty)
      #expect(try await incidents.alerts(of: b).isEmpty)
      #expect(try await incidents.communications(of: b).isEmpty)
      let types = try await bench.events(of: a)
      #expect(types.count == 6 && types.last == .incidentMerged)
    }
  }

  @Test("The whole history moves, in order, and one event is written on each side", arguments: TestDatabase.all)
  func history(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let (a, b) = (try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid)
      try await incidents.addNote(b, type: .general, content: "Slow")
      try await incidents.merge(b, into: a, by: "bob")
      #expect(try await bench.events(of: a) == [.incidentCreated, .incidentCreated, .noteAdded, .incidentMerged])
      #expect(try await incidents.timeline(of: a).map(\.originIncidentGuid) == [a, b, b, a])
      #expect(try await bench.events(of: b) == [.incidentMerged])
      #expect(try await incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test("A REF sent for the source leads to the target, also over two merges", arguments: TestDatabase.all)
  func refs(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let a = try await bench.incident("A").incidentGuid
      let b = try await bench.incident("B").incidentGuid
      let c = try await bench.incident("C").incidentGuid
      let sent = try await incidents.logCommunication(a, LoggedCommunication(channel: "PHONE"))
      try await incidents.merge(a, into: b)
      try await incidents.merge(b, into: c)
      let found = try #require(await incidents.communication(ref: sent.shortRef))
      #expect(found.communication.incidentGuid == c)
      #expect(found.communication.originIncidentGuid == a)
      #expect(try await incidents.get(sent.shortRef).incidentGuid == c)
      #expect(try await incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test("An alert linked to both keeps the earlier link", arguments: [true, false], TestDatabase.all)
  func duplicates(_ sourceFirst: Bool, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let a = try await bench.incident("A").incidentGuid
      let b = try await bench.incident("B").incidentGuid
      let start = bench.clock.now
      try await incidents.linkAlert("both", to: sourceFirst ? b : a, by: "early")
      bench.clock.advance(by: 10)
      try await incidents.linkAlert("both", to: sourceFirst ? a : b, by: "late")
      try await incidents.merge(b, into: a)
      let links = try await incidents.alerts(of: a)
      #expect(links.count == 1)
      #expect(links.first?.linkedBy == "early" && links.first?.linkedAt == start)
      #expect(links.first?.originIncidentGuid == (sourceFirst ? b : nil))
      #expect(try await bench.events(of: a).count { $0 == .alertLinked } == 2)
    }
  }

  @Test("Into itself, a second time, or into a closed one is refused and changes nothing", arguments: TestDatabase.all)
  func refusals(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let a = try await bench.incident("A").incidentGuid
      let b = try await bench.incident("B").incidentGuid
      let closed = try await bench.incident(in: .closed).incidentGuid
      try await incidents.merge(b, into: a)
      let events = try await bench.integer("SELECT count(*) FROM data_incident_timeline")
      for (source, target) in [(a, a), (b, a), (b, closed), (a, closed), (a, b)] {
        let failure = await #expect(throws: Failure.self) { try await incidents.merge(source, into: target) }
        #expect(failure?.code == .conflict)
      }
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == events)
      #expect(try await incidents.get(a).status == .created)
    }
  }

  @Test("A merged incident takes no change any more", arguments: TestDatabase.all)
  func sealed(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let a = try await bench.incident("A").incidentGuid
      let b = try await bench.incident("B").incidentGuid
      try await incidents.merge(b, into: a)
      let before = try await incidents.get(b)
      try await incidents.setNotifyRule("X", name: "X", channels: "EMAIL")
      let attempts: [() async throws -> Void] = [
        { try await incidents.updateStatus(b, to: .investigating) }, { try await incidents.close(b) },
        { try await incidents.assign(b, to: "ana") }, { try await incidents.addNote(b, type: .general, content: "x") },
        { try await incidents.linkAlert("x", to: b) },
        { try await incidents.logCommunication(b, LoggedCommunication(channel: "PHONE")) },
        { try await incidents.notify(b, notifyCode: "X") },
        { try await incidents.emailReport(b, additionalRecipients: ["a@example.com"]) },
      ]
      for attempt in attempts {
        let failure = await LimitTests.refusal(attempt)
        #expect(failure?.code == .conflict)
        #expect(failure?.message.contains(a) == true)
      }
      #expect(try await incidents.get(b) == before)
      #expect(try await bench.events(of: b) == [.incidentMerged])
    }
  }

  @Test("A closed source keeps when, by whom and how it was closed", arguments: TestDatabase.all)
  func closedSource(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let a = try await bench.incident("A").incidentGuid
      let summary = String(repeating: "How it was solved. ", count: 100)
      let b = try await bench.incidents.close(
        bench.incident("B").incidentGuid, resolutionSummary: summary, by: "ana")
      bench.clock.advance(by: 3600)
      try await bench.incidents.merge(b.incidentGuid, into: a, by: "bob")
      let merged = try await bench.incidents.get(b.incidentGuid)
      #expect(merged.closedBy == "ana" && merged.closedAt == b.closedAt)
      // The row says where it went; what it said before is on the timeline, whole.
      let event = try await bench.incidents.timeline(of: b.incidentGuid).last
      #expect(event?.metadata?["former_resolution_summary"] == .string(summary))
    }
  }
}
