import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct MaintenanceWindowTests {
  private static func time(_ text: String) -> Date { UTC.parseRFC3339(text)! }

  /// Sunday, 29 March 2026: the clocks of Berlin jump from 02:00 to 03:00. Sunday, 25 October: they go back from 03:00 to 02:00.
  @Test(arguments: [
    // Winter and summer: the same local time, another UTC.
    ("02:00", 120, "Europe/Berlin", "2026-03-20T00:00:00Z", "2026-03-22T01:00:00Z", "2026-03-22T03:00:00Z"),
    ("02:00", 120, "Europe/Berlin", "2026-04-01T00:00:00Z", "2026-04-05T00:00:00Z", "2026-04-05T02:00:00Z"),
    // The clocks jump over its beginning: it begins when they have jumped.
    ("02:00", 120, "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"),
    ("02:30", 60, "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"),
    ("01:30", 60, "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
    ("03:00", 60, "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"),
    // They show it twice: it begins at the first, and lasts its real minutes.
    ("02:30", 60, "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
    ("02:00", 180, "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"),
    // West of Greenwich, a half hour's zone, a jump at midnight (Beirut, 29 March 2026), and UTC.
    ("23:00", 120, "America/New_York", "2026-01-01T00:00:00Z", "2026-01-05T04:00:00Z", "2026-01-05T06:00:00Z"),
    ("02:00", 60, "Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-03T20:30:00Z", "2026-01-03T21:30:00Z"),
    ("00:00", 60, "Asia/Beirut", "2026-03-27T00:00:00Z", "2026-03-28T22:00:00Z", "2026-03-28T23:00:00Z"),
    ("02:00", 60, "UTC", "2026-01-01T00:00:00Z", "2026-01-04T02:00:00Z", "2026-01-04T03:00:00Z"),
    // A whole week, seen from its middle.
    ("02:00", 10_080, "UTC", "2026-01-07T00:00:00Z", "2026-01-04T02:00:00Z", "2026-01-11T02:00:00Z"),
    // Over midnight, seen from Monday.
    ("23:00", 120, "UTC", "2026-01-05T00:30:00Z", "2026-01-04T23:00:00Z", "2026-01-05T01:00:00Z"),
    // Its end is no part of it.
    ("02:00", 60, "UTC", "2026-01-04T03:00:00Z", "2026-01-11T02:00:00Z", "2026-01-11T03:00:00Z"),
  ])
  func `A window of Sundays is where the clocks of its place say`(
    _ from: String, _ minutes: Int, _ zone: String, _ seen: String, _ start: String, _ end: String
  ) throws {
    let window = try WeeklyWindow([.sunday], fromTime: from, minutes: minutes, timeZone: zone)
    let found = try #require(window.window(at: Self.time(seen)))
    #expect(UTC.rfc3339(found.start) == UTC.rfc3339(Self.time(start)))
    #expect(UTC.rfc3339(found.end) == UTC.rfc3339(Self.time(end)))
  }

  @Test(arguments: TestDatabase.all)
  func `A maintenance window holds each week, and lets out what still fires at its end`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      bench.clock.set(Self.time("2026-03-26T12:00:00Z"))
      let incidents = bench.incidents
      var draft = SilenceDraft([try LabelMatcher("package=DATABASE")])
      (draft.weekdays, draft.fromTime, draft.minutes, draft.timeZone) = ([.sunday], "02:00", 120, "Europe/Berlin")
      let silence = try await incidents.createSilence(draft)
      #expect(
        silence.state == .pending && silence.holdsFrom == Self.time("2026-03-29T01:00:00Z") && silence.endsAt == nil)
      #expect(try await incidents.silences(.pending).items == [silence])

      bench.clock.set(Self.time("2026-03-29T02:30:00Z"))
      #expect(try await incidents.silences(.active).items.count == 1)
      #expect(try await incidents.silences(.pending).items.isEmpty)
      #expect(try await incidents.receive([AlertIntakeTests.alert("a")]).opened.isEmpty)
      let held = try #require(try await incidents.alerts().items.first)
      #expect(held.silencedUntil == Self.time("2026-03-29T03:00:00Z"))
      bench.clock.set(Self.time("2026-03-29T03:00:00Z"))
      _ = try await incidents.checkAlerts()
      let incident = try #require(try await AlertIntakeTests.open(incidents).first)
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated, .alertLinked])
      #expect(try await incidents.silence(silence.silenceGuid).state == .pending)

      bench.clock.set(Self.time("2026-04-05T00:00:00Z"))
      #expect(try await incidents.receive([AlertIntakeTests.alert("b", group: "h")]).opened.isEmpty)
      let ended = try await incidents.expireSilence(silence.silenceGuid)
      #expect(ended.state == .expired && ended.holdsFrom == nil)
      _ = try await incidents.checkAlerts()
      #expect(try await AlertIntakeTests.open(incidents).count == 2)
      #expect(try await incidents.silences(.expired).items.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Windows count between its start and its end only`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      bench.clock.set(Self.time("2026-01-01T00:00:00Z"))
      var draft = SilenceDraft(
        [try LabelMatcher("package=DATABASE")], startsAt: Self.time("2026-01-04T02:30:00Z"),
        endsAt: Self.time("2026-01-18T02:30:00Z"))
      (draft.weekdays, draft.fromTime, draft.minutes) = (Weekday.allCases.filter { $0 == .sunday }, "02:00", 60)
      let silence = try await bench.incidents.createSilence(draft)
      let holds = ["2026-01-01", "2026-01-10", "2026-01-17"].map { silence.hold(at: Self.time($0 + "T00:00:00Z")) }
      #expect(
        holds.map { $0.map { UTC.rfc3339($0.start) } } == [
          "2026-01-04T02:30:00.000Z", "2026-01-11T02:00:00.000Z", "2026-01-18T02:00:00.000Z",
        ])
      #expect(holds.last??.end == silence.endsAt)
      #expect(silence.hold(at: Self.time("2026-01-18T02:30:00Z")) == nil)
      #expect(silence.timeZone == "UTC")
    }
  }
}
