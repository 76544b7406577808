import TestSupport
import Testing
import Tocsin

@Suite struct VersionTests {
  /// Failure: the second of two editors overwrites what the first has saved, unseen.
  @Test(arguments: TestDatabase.all)
  func `Of two editors who saw the same version one wins, and the other is told`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      for round in 0..<100 {
        let before = try await bench.incidents.get(guid)
        let incidents = bench.incidents
        async let a = LimitTests.refusal {
          try await incidents.update(
            guid, IncidentChanges(title: "a \(round)"), expectedVersion: before.version, by: "a")
        }
        async let b = LimitTests.refusal {
          try await incidents.update(
            guid, IncidentChanges(description: "b \(round)"), expectedVersion: before.version, by: "b")
        }
        let (ofA, ofB) = (await a, await b)
        let after = try await bench.incidents.get(guid)
        let lost = [ofA, ofB].compactMap(\.self)
        #expect(lost.map(\.code) == [.outdated])
        #expect(lost.first?.message.contains("version \(after.version), not \(before.version)") == true)
        #expect(lost.first?.allowed == ["\(after.version)"])
        #expect(after.version == before.version + 1)
        #expect((after.title == "a \(round)") == (ofA == nil))
        #expect((after.description == "b \(round)") == (ofB == nil))
      }
      #expect(try await bench.events(of: guid).count == 101, "one event for each that won")
    }
  }

  /// Failure: one of the calls that change an incident does not look at the version.
  @Test(arguments: TestDatabase.all)
  func `Every change of an incident is refused for another version, and made for the right one`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let changes: [@Sendable (Int) async throws -> Void] = [
        { try await bench.incidents.update(guid, IncidentChanges(title: "new"), expectedVersion: $0) },
        { try await bench.incidents.updateStatus(guid, to: .investigating, expectedVersion: $0) },
        { try await bench.incidents.updateStatus(guid, to: .closed, expectedVersion: $0) },
        { try await bench.incidents.updateStatus(guid, to: .investigating, expectedVersion: $0) },
        { try await bench.incidents.close(guid, resolutionSummary: "done", expectedVersion: $0) },
      ]
      for change in changes {
        let before = try await bench.incidents.get(guid)
        for wrong in [before.version - 1, before.version + 1, Int.max, Int.min] {
          #expect(await LimitTests.refusal { try await change(wrong) }?.code == .outdated)
        }
        #expect(try await bench.incidents.get(guid) == before)
        try await change(before.version)
        #expect(try await bench.incidents.get(guid).version == before.version + 1)
      }
    }
  }
}
