import Foundation
import TestSupport
import Testing
import Tocsin

/// Several servers on one database: each has connections of its own, and all append to one chain.
@Suite struct SeveralServersTests {
  /// Failure: servers stand in each other's way, and alerts are answered with 503 though nothing is broken.
  @Test(arguments: TestDatabase.all)
  func `Four servers that write at once refuse nothing, lose nothing and keep the chain whole`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      var servers = [bench.incidents]
      for _ in 0..<3 { servers.append(try await Incidents.open(bench.path)) }
      let start = ContinuousClock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<40 {
          let server = servers[writer % servers.count]
          group.addTask {
            for number in 0..<10 {
              try await server.create(title: "\(writer)-\(number)", severity: .low, package: "P", by: "w")
            }
          }
        }
        try await group.waitForAll()
      }
      print("400 incidents by 4 servers on \(engine): \(ContinuousClock.now - start)")
      #expect(try await bench.integer("SELECT count(*) FROM data_incident") == 400)
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault == nil && verdict.events == 400)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Of many compare-and-sets by several servers on one incident, each that is accepted counts once`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      var servers = [bench.incidents]
      for _ in 0..<2 { servers.append(try await Incidents.open(bench.path)) }
      let guid = try await bench.incident().incidentGuid
      let accepted = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<12 {
          let server = servers[writer % servers.count]
          group.addTask {
            for number in 0..<25 {
              do {
                let seen = try await server.get(guid).version
                try await server.update(
                  guid, IncidentChanges(title: "\(writer)-\(number)"), expectedVersion: seen)
                accepted.increment()
              } catch let failure as Failure where failure.code == .conflict || failure.code == .outdated {}
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await bench.incidents.get(guid).version == accepted.count + 1)
      #expect(accepted.count > 25)
    }
  }
}
