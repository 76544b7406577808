import Foundation
import HTTPTypes
import NIOCore
import TestSupport
import Testing
import Tocsin

@testable import Server

/// Alertmanager drops what is answered with 429, and sends again what is answered with 503.
@Suite struct OverloadTests {
  // On SQLite only: a line of 20,000 writes takes minutes on MariaDB, and triggers and files are each engine's own.
  private static func body(_ keys: String...) -> String {
    let alerts = keys.map { key in
      """
      {"status": "firing", "labels": {"alertname": "\(key)", "severity": "critical"},
       "startsAt": "2026-11-21T10:00:00Z", "fingerprint": "\(key)"}
      """
    }
    return #"{"version": "4", "groupKey": "g", "alerts": [\#(alerts.joined(separator: ","))]}"#
  }

  private static func expectToComeBack(_ answer: Answer) throws {
    #expect(answer.status == .serviceUnavailable)
    #expect(answer.headers[.retryAfter].flatMap { Int($0) }.map { $0 > 0 } == true)
    #expect(try answer.object()["code"] as? String == "unavailable")
  }

  private static func expectNothingWritten(_ bench: TestBench) async throws {
    for table in ["data_alert", "data_incident", "data_incident_timeline", "data_incident_alert", "tocsin_alert_group"]
    {
      #expect(try await bench.integer("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
  }

  /// Failure: one write hangs, and everything that comes in waits for it until the memory is full.
  @Test(.timeLimit(.minutes(2))) func `When the line of writes is full, alerts are sent back with 503 at once`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      async let longWrite: Void = bench.incidents.database.write { _ in
        begun.signal()
        end.wait()
      }
      begun.wait()
      await withTaskGroup { group in
        // As many as there is room for in the line, and a few more.
        for _ in 0..<20_010 {
          group.addTask { (try? await bench.incidents.database.write { _ in true }) ?? false }
        }
        // The first answer is a refusal: whoever has a place waits.
        let isFirstRefused = await group.next() == false
        #expect(isFirstRefused)
        do {
          for _ in 0..<20 { try Self.expectToComeBack(try await bench.post(Self.body("a", "b"))) }
        } catch {
          Issue.record(error)
        }
        end.signal()
        let refused = await group.reduce(into: 1) { $0 += $1 ? 0 : 1 }
        #expect(refused == 10)
      }
      try await longWrite
      try await Self.expectNothingWritten(bench)
      #expect(try await bench.post(Self.body("a")).status == .ok)
      let guid = try #require(try await bench.incidents.list().items.first).incidentGuid
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test func `While the database's file is away alerts are sent back with 503, and taken when it is there again`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try FileManager.default.moveItem(atPath: bench.path, toPath: bench.path + ".away")
      for _ in 0..<3 { try Self.expectToComeBack(try await bench.post(Self.body("a", "b"))) }
      try FileManager.default.moveItem(atPath: bench.path + ".away", toPath: bench.path)
      try await Self.expectNothingWritten(bench)
      let answer = try await bench.post(Self.body("a", "b"))
      #expect(answer.status == .ok)
      let guid = try #require(try await bench.incidents.list().items.first).incidentGuid
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .alertLinked])
      #expect(try await bench.incidents.alerts().items.map(\.count) == [1, 1])
    }
  }

  /// Failure: the database breaks in the middle of a delivery, half of it stays, and the sender sends all of it again.
  @Test func `Of a delivery that fails in the middle nothing stays`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.tamper(
        """
        CREATE TRIGGER broken BEFORE INSERT ON data_alert WHEN NEW.DedupKey = 'bad'
        BEGIN SELECT RAISE(ABORT, 'broken'); END
        """)
      #expect(try await bench.post(Self.body("a", "b", "bad")).status == .internalServerError)
      try await Self.expectNothingWritten(bench)
      try await bench.tamper("DROP TRIGGER broken")
      #expect(try await bench.post(Self.body("a", "b", "bad")).status == .ok)
      #expect(try await bench.incidents.alerts().items.map(\.count) == [1, 1, 1])
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }
}
