import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite("Tampering with the timeline")
struct TamperTests {
  /// A way to falsify history by hand, and the place in the chain that must be named.
  struct Forgery: Sendable, CustomTestStringConvertible {
    let name: String
    let firstFault: Int
    let statements: [String]
    var testDescription: String { name }

    init(_ name: String, _ firstFault: Int, _ statements: String...) {
      self.name = name
      self.firstFault = firstFault
      self.statements = statements
    }
  }

  static let table = "data_incident_timeline"
  static let forgeries = [
    Forgery("edit a description", 4, "UPDATE \(table) SET Description = 'x' WHERE Seq = 4"),
    Forgery("edit who did it", 3, "UPDATE \(table) SET CreatedBy = 'eve' WHERE Seq = 3"),
    Forgery("edit the time", 5, "UPDATE \(table) SET Timestamp = '2020-01-01 00:00:00.000' WHERE Seq = 5"),
    Forgery("edit the type", 2, "UPDATE \(table) SET EventType = 'NOTE_ADDED' WHERE Seq = 2"),
    Forgery("write the type in small letters", 2, "UPDATE \(table) SET EventType = lower(EventType) WHERE Seq = 2"),
    Forgery("write the type by another name", 2, "UPDATE \(table) SET EventType = 'NOTHING' WHERE Seq = 2"),
    Forgery("add metadata", 3, "UPDATE \(table) SET Metadata = '{\"a\":1}' WHERE Seq = 3"),
    Forgery("edit the guid", 3, "UPDATE \(table) SET TimelineGuid = 'x' WHERE Seq = 3"),
    Forgery("delete in the middle", 4, "DELETE FROM \(table) WHERE Seq = 4"),
    Forgery("delete the first", 1, "DELETE FROM \(table) WHERE Seq = 1"),
    Forgery("delete the last", 6, "DELETE FROM \(table) WHERE Seq = 6"),
    Forgery("delete all", 1, "DELETE FROM \(table)"),
    Forgery(
      "delete in the middle and close the gap", 4, "DELETE FROM \(table) WHERE Seq = 4",
      "UPDATE \(table) SET Seq = Seq - 1 WHERE Seq > 4"),
    Forgery(
      "swap two", 3, "UPDATE \(table) SET Seq = 99 WHERE Seq = 3", "UPDATE \(table) SET Seq = 3 WHERE Seq = 4",
      "UPDATE \(table) SET Seq = 4 WHERE Seq = 99"),
    Forgery("append one", 7, copy(as: 7)),
    Forgery("put one before the first", 0, copy(as: 0)),
    Forgery("put one far before the first", -5, copy(as: -5)),
    Forgery("move to another incident", 4, "UPDATE \(table) SET IncidentGuid = (\(other)) WHERE Seq = 4"),
    Forgery(
      "move to another incident and cover it up", 4,
      "UPDATE \(table) SET IncidentGuid = (\(other)), OriginIncidentGuid = (\(other)) WHERE Seq = 4"),
    Forgery("edit the hash", 4, "UPDATE \(table) SET Hash = 'x' WHERE Seq = 4"),
    Forgery("edit the hash before", 4, "UPDATE \(table) SET PreviousHash = 'x' WHERE Seq = 4"),
  ]

  private static let other = "SELECT IncidentGuid FROM data_incident WHERE Title = 'other'"

  private static func copy(as seq: Int) -> String {
    """
    INSERT INTO \(table) (TimelineGuid, IncidentGuid, EventType, Description, CreatedBy, Timestamp, OriginIncidentGuid,
      Seq, PreviousHash, Hash)
    SELECT 'forged', IncidentGuid, EventType, Description, CreatedBy, Timestamp, OriginIncidentGuid, \(seq), PreviousHash,
      Hash FROM \(table) WHERE Seq = 4
    """
  }

  /// Six events: 1 and 2 create two incidents, 3 to 6 happen to the first.
  static func history(_ bench: TestBench) async throws {
    let guid = try await bench.incident("one").incidentGuid
    try await bench.incident("other")
    try await bench.incidents.updateStatus(guid, to: .investigating, by: "ana")
    try await bench.incidents.addNote(guid, type: .general, content: "Note", by: "ana")
    try await bench.incidents.linkAlert("alert-1", to: guid, by: "ana")
    try await bench.incidents.close(guid, by: "ana")
  }

  @Test("An untouched timeline is whole", arguments: TestDatabase.all)
  func whole(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      #expect(try await bench.incidents.verifyTimeline().events == 0)
      try await Self.history(bench)
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault == nil && verdict.events == 6 && verdict.head.count == 64)
    }
  }

  @Test("The first row that was touched is named", arguments: forgeries, TestDatabase.all)
  func named(_ forgery: Forgery, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await Self.history(bench)
      for statement in forgery.statements { try await bench.tamper(statement) }
      let fault = try #require(try await bench.incidents.verifyTimeline().firstFault)
      #expect(fault.seq == forgery.firstFault, "\(fault.problem)")
    }
  }

  @Test("An edit with the sqlite3 program is found too")
  func bySQLite3() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await Self.history(bench)
      let program = Process()
      program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      program.arguments = ["sqlite3", bench.path, "UPDATE \(Self.table) SET Description = 'Nothing' WHERE Seq = 5"]
      try program.run()
      program.waitUntilExit()
      #expect(program.terminationStatus == 0)
      #expect(try await bench.incidents.verifyTimeline().firstFault?.seq == 5)
    }
  }

  @Test("A merge breaks nothing, and a move by hand after it is found", arguments: TestDatabase.all)
  func merge(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid)
      try await bench.incidents.addNote(b, type: .general, content: "Note")
      try await bench.incidents.merge(b, into: a)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
      try await bench.tamper(
        "UPDATE \(Self.table) SET IncidentGuid = ? WHERE EventType = 'NOTE_ADDED'", [.text(b)])
      let fault = try #require(try await bench.incidents.verifyTimeline().firstFault)
      #expect(fault.seq == 3)
    }
  }

  @Test("Places are without a gap, over all incidents, also when many write at once", arguments: TestDatabase.all)
  func concurrent(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guids = [try await bench.incident("A").incidentGuid, try await bench.incident("B").incidentGuid]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            try await bench.incidents.addNote(guids[number % 2], type: .general, content: "\(number)")
          }
        }
        try await group.waitForAll()
      }
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault == nil && verdict.events == 102)
    }
  }
}
