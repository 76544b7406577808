import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Creating and changing incidents")
struct CreateTests {
  @Test("A new incident has every field that was given and one event", arguments: TestDatabase.all)
  func creates(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incidents.create(
        title: "Pool exhausted", severity: .high, package: "DATABASE", description: "All slots are taken",
        assignedTo: "dba-team", by: "ana")
      let read = try await bench.incidents.get(made.incidentGuid)
      #expect(read == made)
      #expect(read.title == "Pool exhausted")
      #expect(read.severity == .high)
      #expect(read.status == .created)
      #expect(read.package == "DATABASE")
      #expect(read.description == "All slots are taken")
      #expect(read.assignedTo == "dba-team")
      #expect(read.createdBy == "ana")
      #expect(read.createdAt == bench.clock.now)
      #expect(read.closedAt == nil && read.acknowledgedAt == nil && read.mergedIntoGuid == nil)
      let events = try await bench.incidents.timeline(of: made.incidentGuid)
      #expect(events.map(\.eventType) == [.incidentCreated])
      #expect(events.first?.createdBy == "ana")
    }
  }

  @Test("A guid is a version 7 UUID in lower case, and guids sort by time", arguments: TestDatabase.all)
  func guids(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      var guids: [String] = []
      for _ in 0..<20 {
        bench.clock.advance(by: 0.001)
        guids.append(try await bench.incident().incidentGuid)
      }
      #expect(guids == guids.sorted())
      #expect(Set(guids).count == 20)
      for guid in guids {
        #expect(guid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
      }
    }
  }

  @Test("Alerts named at creation are linked, each with an event, a repeated one once", arguments: TestDatabase.all)
  func linksAlerts(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incidents.create(
        title: "Down", severity: .low, package: "WEB", alertLinks: ["alert-1", "alert-2", "alert-1"], by: "ana")
      let links = try await bench.incidents.alerts(of: made.incidentGuid)
      #expect(links.map(\.alertGuid) == ["alert-1", "alert-2"])
      #expect(links.allSatisfy { $0.linkedBy == "ana" && $0.alert == nil })
      #expect(try await bench.events(of: made.incidentGuid) == [.incidentCreated, .alertLinked, .alertLinked])
    }
  }

  @Test("A bad alert link leaves no incident behind", arguments: TestDatabase.all)
  func createsAllOrNothing(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      await #expect(throws: Failure.self) {
        try await bench.incidents.create(title: "Down", severity: .low, package: "WEB", alertLinks: ["ok", ""])
      }
      let incidents = try await bench.integer("SELECT count(*) FROM data_incident")
      let events = try await bench.integer("SELECT count(*) FROM data_incident_timeline")
      #expect(incidents == 0 && events == 0)
    }
  }

  @Test("Each kind of change writes its own event; no change writes none", arguments: TestDatabase.all)
  func updates(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let incidents = bench.incidents
      try await incidents.update(guid, IncidentChanges(severity: .low), by: "ana")
      try await incidents.assign(guid, to: "web-team", by: "ana")
      try await incidents.update(guid, IncidentChanges(title: "New", package: "WEB", description: "More"), by: "ana")
      let same = try await incidents.update(guid, IncidentChanges(title: "New", severity: .low), by: "ana")
      #expect(same.version == 4)
      #expect(same.severity == .low && same.assignedTo == "web-team" && same.title == "New")
      #expect(same.package == "WEB" && same.description == "More")
      let types = try await bench.events(of: guid)
      #expect(types == [.incidentCreated, .severityChange, .assignmentChange, .detailsChange])
    }
  }

  @Test(
    "An empty text empties a field that may be empty, and is refused for one that may not", arguments: TestDatabase.all)
  func empties(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.assign(guid, to: "ana")
      #expect(try await bench.incidents.assign(guid, to: nil).assignedTo == nil)
      let failure = await #expect(throws: Failure.self) {
        try await bench.incidents.update(guid, IncidentChanges(title: ""))
      }
      #expect(failure?.code == .invalid)
      #expect(failure?.field == "title")
      let types = try await bench.events(of: guid)
      #expect(types == [.incidentCreated, .assignmentChange, .assignmentChange])
    }
  }
}
