import Foundation
import TestSupport
import Testing
import Tocsin

@Suite struct StoryTests {
  @Test(arguments: TestDatabase.all)
  func `The story holds every note in full beside its event, in both orders and narrowed`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let long = String(repeating: "é", count: 3000)
      for (index, text) in ["short", long, "short", "line\n"].enumerated() {
        bench.clock.advance(by: 1)
        try await bench.incidents.addNote(guid, type: index == 2 ? .mitigation : .general, content: text, by: "ada")
      }
      try await bench.incidents.updateStatus(guid, to: .investigating)
      let story = try await bench.incidents.story(of: guid).items
      #expect(story.map(\.event.eventType).first == .statusChange && story.count == 6)
      #expect(story.compactMap(\.note?.content) == ["line\n", "short", long, "short"])
      #expect(story.compactMap(\.note?.noteType) == [.general, .mitigation, .general, .general])
      var filter = StoryFilter()
      (filter.types, filter.newestFirst) = ([.noteAdded], false)
      var (seen, cursor): ([String], String?) = ([], nil)
      repeat {
        let page = try await bench.incidents.story(of: guid, filter, page: PageRequest(limit: 3, cursor: cursor))
        seen += page.items.compactMap(\.note?.content)
        cursor = page.nextCursor
      } while cursor != nil
      #expect(seen == ["short", long, "short", "line\n"])
    }
  }

  /// Failure: a note that was written of an alert before it had an incident has an earlier time than its event.
  @Test(arguments: TestDatabase.all)
  func `A note that an alert brought along is found too`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let text = String(repeating: "x", count: 700)
      let alert = ReceivedAlert(
        source: "alertmanager", dedupKey: "k", status: .firing, severity: .low, package: "P", title: "t",
        description: nil, labels: [:], groupKey: "g", url: nil, startsAt: bench.clock.now)
      _ = try await bench.incidents.receive([alert])
      _ = try await bench.incidents.perform([
        AlertAction(source: "alertmanager", key: .dedupKey("k"), kind: .note(text), by: "ada")
      ])
      bench.clock.advance(by: 60)
      let guid = try await bench.incident().incidentGuid
      let known = try #require(try await bench.incidents.alerts().items.first)
      try await bench.incidents.linkAlert(known.alertGuid, to: guid)
      #expect(try await bench.incidents.story(of: guid).items.compactMap(\.note?.content) == [text])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The time in each status sums up over a reopening, and leaves out what a merge brought in`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let guid = try await bench.incident().incidentGuid
      for (seconds, status) in [(10.0, Status.investigating), (20, .monitoring), (30, .closed), (40, .investigating)] {
        bench.clock.advance(by: seconds)
        try await incidents.updateStatus(guid, to: status)
      }
      bench.clock.advance(by: 5)
      let times = try await incidents.timeInStatus(of: guid)
      #expect(times == [.created: 10, .investigating: 25, .monitoring: 30, .closed: 40])
      let other = try await bench.incident(in: .monitoring)
      try await incidents.merge(other.incidentGuid, into: guid)
      bench.clock.advance(by: 7)
      let later = times.merging([.investigating: 32]) { $1 }
      #expect(try await incidents.timeInStatus(of: guid) == later)
      try await incidents.close(guid)
      bench.clock.advance(by: 500)
      #expect(try await incidents.timeInStatus(of: guid) == later)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Several statuses at once are one list, in order and in pages`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<12 {
        bench.clock.advance(by: 1)
        let guid = try await bench.incident("\(number)", severity: number == 6 ? .critical : .low).incidentGuid
        if number % 3 > 0 { try await bench.incidents.updateStatus(guid, to: .investigating) }
        if number % 3 > 1 { try await bench.incidents.close(guid) }
      }
      var filter = IncidentFilter()
      (filter.statuses, filter.limit) = ([.created, .investigating, .monitoring], 3)
      var seen: [String] = []
      repeat {
        let page = try await bench.incidents.list(filter)
        seen += page.items.map(\.title)
        filter.cursor = page.nextCursor
      } while filter.cursor != nil
      #expect(seen == ["10", "9", "7", "6", "4", "3", "1", "0"])
      #expect(try await bench.incidents.unacknowledged().map(\.title) == ["6", "0", "3", "9"])
      #expect(try await bench.incidents.unacknowledged(limit: 1).map(\.title) == ["6"])
    }
  }
}
