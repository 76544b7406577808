import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct DemoTests {
  @Test(arguments: TestDatabase.all)
  func `The demo is a month of incidents in every status, on a chain that is whole`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      try await bench.incidents.loadDemo(by: "ada")
      let standing = try await bench.incidents.demoStanding()
      #expect(standing.incidents == DemoStory.all.count && standing.alerts > 4)
      let all = try await bench.incidents.list(.all).items
      #expect(Set(all.map(\.status)) == Set(Status.allCases) && Set(all.map(\.severity)) == Set(Severity.allCases))
      #expect(all.allSatisfy { $0.createdAt > bench.clock.now - 30 * 86_400 && $0.createdAt < bench.clock.now })
      #expect(all.contains { $0.mergedIntoGuid != nil })
      let (notes, messages) = (
        try await bench.integer("SELECT count(*) FROM data_incident_note"),
        try await bench.integer("SELECT count(*) FROM data_incident_communication")
      )
      #expect(notes > 5 && messages > 5)
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault == nil && verdict.events > 60)
    }
  }

  /// Failure: somebody tries the demo and wakes the whole company.
  @Test func `Nobody is told of the demo, whatever the rules say`() async throws {
    let vendor = FakeVendor()
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor), FakeChannel<FollowingName>(vendor)]) {
      bench in
      for severity in Severity.allCases {
        try await bench.incidents.setNotifyRule(
          "INCIDENT_\(severity.rawValue)", name: "All", channels: "EMAIL,DISCORD")
      }
      try await bench.incidents.loadDemo(by: "ada")
      let waiting = try await bench.integer("SELECT count(*) FROM tocsin_queue")
      #expect(waiting == 0 && vendor.received.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Loaded and removed, it leaves nothing but its places on the chain and two entries of the audit log`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let before = try await bench.rowCounts()
      try await bench.incidents.loadDemo(by: "ada")
      let between = try await bench.rowCounts()
      #expect(between["data_incident"] == DemoStory.all.count)
      try await bench.incidents.removeDemo(by: "ada")
      var after = try await bench.rowCounts()
      #expect(after.removeValue(forKey: "tocsin_audit") == 2)
      #expect(after == before.filter { $0.key != "tocsin_audit" })
      let found = try await bench.incidents.list(.checkout).items
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(found.isEmpty && verdict.firstFault == nil && verdict.events == 0)
      // And the next event follows.
      _ = try await bench.incident()
      let next = try await bench.incidents.verifyTimeline()
      #expect(next.firstFault == nil && next.events == 1)
    }
  }

  /// Failure: what somebody did in earnest goes with the demo, or no longer verifies.
  @Test(arguments: TestDatabase.all)
  func `What is one's own stays as it was, hash for hash, though it was written between the demo's events`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      try await incidents.loadDemo(by: "ada")
      let demo = try await incidents.list(.created).items[0].incidentGuid
      let own = try await bench.incident("My own").incidentGuid
      for round in 0..<3 {
        bench.clock.advance(by: 1)
        try await incidents.addNote(demo, type: .general, content: "On the demo \(round)", by: "ada")
        try await incidents.addNote(own, type: .general, content: "On my own \(round)", by: "ada")
      }
      try await incidents.logCommunication(own, LoggedCommunication(channel: "PHONE", message: "Hello"), by: "ada")
      try await incidents.receive([.own("mine", .critical), .own("kept", .low)])
      let before = try await bench.own()
      try await incidents.removeDemo(by: "ada")
      let after = try await bench.own()
      #expect(after.incidents == before.incidents)
      #expect(after.events == before.events && after.notes == before.notes && after.messages == before.messages)
      #expect(before.events.count >= 7, "\(before.events.map(\.eventType))")
      #expect(before.alerts == 2 && after.alerts == 2)
      #expect(try await incidents.demoStanding().isLoaded == false)
      let verdict = try await incidents.verifyTimeline()
      #expect(verdict.firstFault == nil && verdict.events == before.events.count)
      let audit = try await incidents.verifyAuditLog()
      #expect(audit.firstFault == nil)
      try await incidents.close(own, by: "ada")
      let next = try await incidents.verifyTimeline()
      #expect(next.firstFault == nil && next.events == before.events.count + 1)
    }
  }

  /// Failure: the demo's removal opens a door by which other events vanish unseen.
  @Test func `An event that goes missing after it is found all the same`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.incidents.loadDemo(by: "ada")
      let own = try await bench.incident("My own").incidentGuid
      try await bench.incidents.addNote(own, type: .general, content: "One", by: "ada")
      try await bench.incidents.addNote(own, type: .general, content: "Two", by: "ada")
      try await bench.incidents.removeDemo(by: "ada")
      let first = try #require(try await bench.incidents.timeline(of: own).first)
      try await bench.tamper("DELETE FROM data_incident_timeline WHERE TimelineGuid = ?", [.text(first.timelineGuid)])
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault?.seq == first.seq)
    }
  }

  @Test func `Events of the demo that are deleted by hand are missing`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.incidents.loadDemo(by: "ada")
      try await bench.tamper("DELETE FROM data_incident_timeline WHERE Seq = 3")
      let verdict = try await bench.incidents.verifyTimeline()
      #expect(verdict.firstFault?.seq == 3)
    }
  }

  @Test(arguments: [true, false])
  func `It stays when it was merged with an incident of one's own, and says which`(_ isSource: Bool) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.incidents.loadDemo(by: "ada")
      let demo = try await bench.incidents.list(.created).items[0].incidentGuid
      let own = try await bench.incident("My own").incidentGuid
      _ = try await bench.incidents.merge(isSource ? demo : own, into: isSource ? own : demo, by: "ada")
      let before = try await bench.rowCounts()
      let failure = await #expect(throws: Failure.self) { try await bench.incidents.removeDemo(by: "ada") }
      #expect(failure?.code == .conflict && failure?.message.contains("My own") == true)
      let after = try await bench.rowCounts()
      #expect(after == before)
    }
  }

  @Test func `It comes to an empty Tocsin only, and goes only where it is`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let absent = await #expect(throws: Failure.self) { try await bench.incidents.removeDemo(by: "ada") }
      #expect(absent?.code == .conflict)
      _ = try await bench.incident()
      let late = await #expect(throws: Failure.self) { try await bench.incidents.loadDemo(by: "ada") }
      #expect(late?.code == .conflict)
      #expect(try await bench.incidents.demoStanding().isLoaded == false)
    }
  }

  @Test func `Live events go on over the places that are empty`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.incidents.loadDemo(by: "ada")
      let own = try await bench.incident("My own").incidentGuid
      try await bench.incidents.removeDemo(by: "ada")
      var listener = try await bench.incidents.timelineFeed.listen(after: 0)
      let page = try #require(try await listener.next())
      #expect(page.entries.map(\.incidentGuid) == [own])
      try await bench.incidents.close(own, by: "ada")
      var later: [TimelineFeed.Entry] = []
      for _ in 0..<5 where later.isEmpty { later = try #require(try await listener.next()).entries }
      #expect(later.map(\.incidentGuid) == [own])
    }
  }
}

/// What is one's own, to compare.
private struct Own: Equatable {
  var incidents: [Incident]
  var events: [TimelineEvent]
  var notes: [Note]
  var messages: [Communication]
  var alerts: Int
}

extension TestBench {
  fileprivate func own() async throws -> Own {
    let demo = Set(
      try await incidents.database.read {
        try $0.rows("SELECT RowGuid FROM tocsin_demo").map { try $0.text("RowGuid") }
      })
    var own = Own(incidents: [], events: [], notes: [], messages: [], alerts: 0)
    let all = try await incidents.list(.all).items
    for incident in all where !demo.contains(incident.incidentGuid) {
      own.incidents.append(incident)
      own.events += try await incidents.timeline(of: incident.incidentGuid)
      own.notes += try await incidents.notes(of: incident.incidentGuid)
      own.messages += try await incidents.communications(of: incident.incidentGuid)
    }
    own.alerts = try await integer(
      "SELECT count(*) FROM data_alert WHERE AlertGuid NOT IN (SELECT RowGuid FROM tocsin_demo)")
    return own
  }

  /// Rows by table; the search's own tables on SQLite hold no rows of ours.
  fileprivate func rowCounts() async throws -> [String: Int] {
    try await incidents.database.read { transaction in
      let names = try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
      let own = names.filter { !$0.hasPrefix("tocsin_search_") || $0 == "tocsin_search_entry" }
        .filter { transaction.dialect == .mariadb || $0 != "tocsin_search" }
      return Dictionary(
        uniqueKeysWithValues: try own.map { ($0, try transaction.integer("SELECT count(*) FROM \($0)")) })
    }
  }
}

extension ReceivedAlert {
  fileprivate static func own(_ key: String, _ severity: Severity) -> ReceivedAlert {
    ReceivedAlert(
      source: "json", dedupKey: key, status: .firing, severity: severity, package: "OWN", title: "Own \(key)",
      groupKey: key)
  }
}

extension IncidentFilter {
  fileprivate static let all = with { $0.limit = 200 }
  fileprivate static let created = with { $0.status = .created }
  fileprivate static let checkout = with { $0.search = "checkout" }

  private static func with(_ change: (inout IncidentFilter) -> Void) -> IncidentFilter {
    var filter = IncidentFilter()
    change(&filter)
    return filter
  }
}
