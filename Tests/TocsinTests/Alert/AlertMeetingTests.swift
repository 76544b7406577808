import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// Where silences, flapping, acknowledgements and expiry meet. Failure: an alert fires, and nobody ever hears of it.
@Suite struct AlertMeetingTests {
  private typealias Sample = AlertIntakeTests

  private static func flapping() throws -> Incidents.Settings {
    AlertRuleTests.settings(try AlertRuleTests.rule([]) { $0.flap = Frequency(count: 3, window: 600) })
  }

  private static func silence(_ bench: TestBench, minutes: Double) async throws -> Silence {
    let end = bench.clock.now + minutes * 60
    return try await bench.incidents.createSilence(
      SilenceDraft([try LabelMatcher("package=DATABASE")], endsAt: end))
  }

  private static func comeAndGo(_ numbers: Range<Int>, _ bench: TestBench) async throws {
    for number in numbers {
      try await bench.incidents.receive([Sample.alert("a", at: Double(number))])
      bench.clock.advance(by: 30)
      try await bench.incidents.receive([Sample.alert("a", .resolved, at: Double(number))])
      bench.clock.advance(by: 30)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What began to flap under a silence is told of at its next firing after the silence`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.flapping()) { bench in
      _ = try await Self.silence(bench, minutes: 10)
      try await Self.comeAndGo(0..<5, bench)
      #expect(try await Sample.open(bench.incidents).isEmpty)
      bench.clock.advance(by: 300)
      _ = try await bench.incidents.checkAlerts()
      try await bench.incidents.receive([Sample.alert("a", at: 20)])
      let incident = try #require(try await Sample.open(bench.incidents).first)
      #expect(try await bench.events(of: incident.incidentGuid).prefix(2) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What stops to flap under a silence, and fires, is let out when the silence ends`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run(settings: Self.flapping()) { bench in
      let silence = try await Self.silence(bench, minutes: 120)
      try await Self.comeAndGo(0..<3, bench)
      try await bench.incidents.receive([Sample.alert("a", at: 10)])
      // It is quiet for the window: it no longer flaps, and is held by the silence alone.
      bench.clock.advance(by: 1200)
      _ = try await bench.incidents.checkAlerts()
      let held = try #require(try await bench.incidents.alerts().items.first)
      #expect(held.flappingSince == nil && held.silencedBy == silence.silenceGuid && held.silencedUntil != nil)
      bench.clock.advance(by: 7200)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await Sample.open(bench.incidents).count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What still fires when whoever took it on had it long enough opens an incident if none is open`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let first = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      let guid = try #require(try await bench.incidents.alerts().items.first).alertGuid
      try await bench.incidents.acknowledgeAlert(guid, until: bench.clock.now + 3600, by: "ana")
      try await bench.incidents.close(first)
      bench.clock.advance(by: 3601)
      _ = try await bench.incidents.checkAlerts()
      let open = try await Sample.open(bench.incidents)
      #expect(open.count == 1 && open.first?.incidentGuid != first)
    }
  }

  /// Failure: Prometheus was away when the alert ended, and people closed its incident.
  @Test(arguments: TestDatabase.all)
  func `What fires anew before it expired opens an incident when people closed the last`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      var alert = Sample.alert("a")
      alert.expiresAt = bench.clock.now + 240
      let first = try await bench.incidents.receive([alert]).opened
      try await bench.incidents.close(first[0])
      bench.clock.advance(by: 60)
      alert.startsAt = Sample.start + 180
      let second = try await bench.incidents.receive([alert]).opened
      #expect(second.count == 1 && second != first)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A row that cannot be read keeps no other from being looked at`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      var (bad, good) = (Sample.alert("a", group: "a"), Sample.alert("b", group: "b"))
      bad.expiresAt = bench.clock.now + 10
      good.expiresAt = bench.clock.now + 10
      try await bench.incidents.receive([bad, good])
      try await bench.loosen("data_alert", "StartsAt")
      try await bench.tamper("UPDATE data_alert SET StartsAt = '21.11.2026' WHERE DedupKey = 'a'")
      bench.clock.advance(by: 20)
      _ = try await bench.incidents.checkAlerts()
      #expect(try await bench.integer("SELECT count(*) FROM data_alert WHERE Status = 'RESOLVED'") == 1)
      #expect(try await bench.incidents.checkAlerts() == false)
    }
  }

  /// Failure: one such silence makes all intake fail.
  @Test(arguments: ["\u{301}z", "\u{200D}", "\u{FE0F}\"", "\\\u{301}", "a\n\u{301}"], TestDatabase.all)
  func `A silence whose value begins with a combining character stops nothing`(_ value: String, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let matchers = [
        try LabelMatcher(name: "a", value: "b", isRegex: false, isNegated: false),
        try LabelMatcher(name: "x", value: value, isRegex: false, isNegated: false),
      ]
      #expect(try LabelMatcher(matchers[1].description).value == value)
      try await bench.incidents.createSilence(SilenceDraft(matchers, endsAt: bench.clock.now + 60))
      #expect(try await bench.incidents.receive([Sample.alert("a")]).opened.count == 1)
      #expect(
        try await bench.incidents.receive([Sample.alert("b", group: "h", labels: ["a": "b", "x": value])]).opened
          .isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A maintenance window far ahead is refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      var draft = SilenceDraft([try LabelMatcher("a=b")])
      draft.weekdays = Weekday.allCases
      (draft.fromTime, draft.minutes) = ("23:00", 120)
      draft.startsAt = UTC.parseRFC3339("4001-01-01T00:30:00Z")
      await #expect(throws: Failure.self) { try await bench.incidents.createSilence(draft) }
    }
  }

  /// Failure: a few bytes of a payload become more memory than there is.
  @Test func `Many members below one long name are bounded`() throws {
    let members = (0..<20_000).map { "\"a\($0)\":1" }.joined(separator: ",")
    let name = String(repeating: "n", count: 500_000)
    let body = Data(
      """
      {"routing_key":"k","event_action":"trigger","payload":{"summary":"s","severity":"critical","source":"x",
       "custom_details":{"\(name)":{\(members)}}}}
      """.utf8)
    let value = try JSON.parse(body)
    guard case .object(let event) = value, case .object(let payload)? = event["payload"] else { return }
    let flat = try #require(payload["custom_details"]).flattened
    #expect(flat.count <= 256 && flat.keys.allSatisfy { $0.unicodeScalars.count <= 255 })
  }
}
