import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Status transitions")
struct TransitionTests {
  /// From the contract, not from the code.
  static let allowed: [Status: [Status]] = [
    .created: [.investigating, .closed],
    .investigating: [.monitoring, .closed],
    .monitoring: [.investigating, .closed],
    .closed: [.investigating],
  ]

  @Test("A move is made or refused as the contract says", arguments: Status.allCases, Status.allCases)
  func moves(from old: Status, to new: Status) async throws {
    try await TestDatabase.runEach { bench in
      let before = try await bench.incident(in: old)
      let events = try await bench.events(of: before.incidentGuid)
      if Self.allowed[old, default: []].contains(new) {
        let after = try await bench.incidents.updateStatus(before.incidentGuid, to: new, by: "dba2")
        #expect(after.status == new)
        #expect(after.version == before.version + 1)
        let expected: EventType = new == .closed ? .incidentClosed : old == .closed ? .incidentReopened : .statusChange
        #expect(try await bench.events(of: before.incidentGuid) == events + [expected])
        #expect(try await bench.incidents.timeline(of: before.incidentGuid).last?.createdBy == "dba2")
      } else {
        let failure = await #expect(throws: Failure.self) {
          try await bench.incidents.updateStatus(before.incidentGuid, to: new)
        }
        #expect(failure?.code == .conflict)
        #expect(failure?.allowed == Self.allowed[old, default: []].map(\.rawValue))
        #expect(try await bench.incidents.get(before.incidentGuid) == before)
        #expect(try await bench.events(of: before.incidentGuid) == events)
      }
    }
  }

  @Test("The first move out of CREATED, and only that, says who acknowledged", arguments: TestDatabase.all)
  func acknowledges(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      #expect(try await bench.incidents.get(guid).acknowledgedAt == nil)
      bench.clock.advance(by: 60)
      let first = try await bench.incidents.updateStatus(guid, to: .investigating, by: "ana")
      bench.clock.advance(by: 60)
      let second = try await bench.incidents.updateStatus(guid, to: .monitoring, by: "bob")
      #expect(first.acknowledgedAt == first.createdAt + 60)
      #expect(second.acknowledgedAt == first.acknowledgedAt)
      #expect(second.acknowledgedBy == "ana")
    }
  }

  @Test("A direct close acknowledges as well", arguments: TestDatabase.all)
  func closeAcknowledges(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let closed = try await bench.incidents.updateStatus(guid, to: .closed, by: "ana")
      #expect(closed.acknowledgedBy == "ana")
      #expect(closed.closedBy == "ana")
      #expect(closed.closedAt == bench.clock.now)
    }
  }

  @Test("A reopen clears who closed it and keeps resolution and root cause", arguments: TestDatabase.all)
  func reopens(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.close(guid, resolutionSummary: "Restarted", rootCause: "A leak", by: "ana")
      let open = try await bench.incidents.updateStatus(guid, to: .investigating, by: "bob")
      #expect(open.closedAt == nil)
      #expect(open.closedBy == nil)
      #expect(open.resolutionSummary == "Restarted")
      #expect(open.rootCause == "A leak")
      let closed = try await bench.incidents.close(guid, resolutionSummary: "Restarted twice", by: "bob")
      #expect(closed.resolutionSummary == "Restarted twice")
      #expect(closed.rootCause == "A leak")
      let types = try await bench.events(of: guid)
      #expect(types == [.incidentCreated, .incidentClosed, .incidentReopened, .incidentClosed])
    }
  }

  @Test("Closing twice is a conflict and writes nothing", arguments: TestDatabase.all)
  func closesOnce(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident(in: .closed).incidentGuid
      let failure = await #expect(throws: Failure.self) {
        try await bench.incidents.close(guid, resolutionSummary: "Again")
      }
      #expect(failure?.code == .conflict)
      #expect(failure?.allowed == ["INVESTIGATING"])
      #expect(try await bench.incidents.get(guid).resolutionSummary == nil)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .incidentClosed])
    }
  }
}
