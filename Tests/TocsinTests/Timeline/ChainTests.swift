import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// Events get their places on the chain when all changes that share a commit are made.
@Suite struct ChainTests {
  private struct Undone: Error {}

  /// Failure: an event of one change is lost, moved or left behind by another that shares its commit.
  @Test(arguments: TestDatabase.all)
  func `Changes that share a commit keep their events, though some are undone and a merge moves them`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let (source, target) = (try await bench.incident().incidentGuid, try await bench.incident().incidentGuid)
      let outcomes = try await bench.inOneCommit([
        { try $0.note("first", on: source) },
        // Has all events written that were left so far, and takes that back with itself.
        { transaction in
          try transaction.note("undone", on: target)
          try transaction.closeTimeline()
          throw Undone()
        },
        { transaction in
          try transaction.note("undone", on: source)
          throw Undone()
        },
        { try $0.note("second", on: source) },
        { transaction in
          try transaction.closeTimeline()
          try transaction.execute(
            "UPDATE data_incident_timeline SET IncidentGuid = ? WHERE IncidentGuid = ?", [.text(target), .text(source)])
          try transaction.record(
            .incidentMerged, on: source, "merged", by: .system, metadata: ["merged_into_guid": .string(target)])
        },
        { try $0.note("third", on: target) },
      ])
      #expect(outcomes.map { $0 == nil } == [true, false, false, true, true, true])
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault == nil, "\(String(describing: verdict.firstFault))")
      let notes = try await bench.incidents.timeline(of: target).filter { $0.eventType == .noteAdded }
      #expect(notes.map(\.description) == ["first", "second", "third"])
      #expect(verdict.events == 6)
    }
  }

  /// Failure: one event that the database refuses takes those of others with it, or is answered as kept.
  @Test(arguments: TestDatabase.all)
  func `An event that is refused fails its own change, and no other that shares the commit`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let outcomes = try await bench.inOneCommit([
        { try $0.note("first", on: guid) },
        { try $0.note("of no incident", on: "nobody") },
        { try $0.note("second", on: guid) },
      ])
      #expect(outcomes.map { $0 == nil } == [true, false, true])
      #expect((outcomes[1] as? StorageError)?.code == .foreignKey, "\(String(describing: outcomes[1]))")
      let notes = try await bench.incidents.timeline(of: guid).filter { $0.eventType == .noteAdded }
      #expect(notes.map(\.description).sorted() == ["first", "second"])
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  /// Failure: hundreds of events of one commit get places that are taken.
  @Test(arguments: TestDatabase.all)
  func `A change may have any number of events, and they keep their order`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.database.write { transaction in
        for number in 0..<343 { try transaction.note("\(number)", on: guid) }
      }
      let events = try await bench.incidents.timeline(of: guid).dropFirst()
      #expect(events.map(\.description) == (0..<343).map(String.init))
      #expect(events.map(\.seq) == Array(2...344))
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A read records nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      await #expect(throws: StorageError.self) {
        try await bench.incidents.database.read { try $0.note("never", on: guid) }
      }
      #expect(try await bench.incidents.timeline(of: guid).count == 1)
    }
  }
}

extension Transaction {
  fileprivate func note(_ words: String, on guid: String) throws {
    try record(.noteAdded, on: guid, words, by: .system)
  }
}
