import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct OpsgenieTests {
  /// As docs.opsgenie.com/docs/alert-api shows one, with every field there is.
  static let full = """
    {"message": "An example alert message", "alias": "Life is too short for no alias",
     "description": "Every alert needs a description",
     "responders": [{"id": "4513b7ea", "type": "team"}, {"name": "NOC", "type": "team"},
       {"username": "trinity@opsgenie.com", "type": "user"}],
     "visibleTo": [{"name": "rocket_team", "type": "team"}], "actions": ["Restart", "AnExampleAction"],
     "tags": ["OverwriteQuietHours", "Critical"], "details": {"service": "web", "key2": "value2", "n": 7},
     "entity": "An example entity", "source": "https://am.example.com/#/alerts", "priority": "P1",
     "user": "neo", "note": "Seen before"}
    """

  private static func create(_ body: String) throws -> (alias: String, signals: [AlertSignal]) {
    try Opsgenie.creation(in: Data(body.utf8)) { "generated" }
  }

  private static func alert(_ body: String) throws -> ReceivedAlert {
    guard case .state(let alert)? = try create(body).signals.first else { throw Failure(.invalid, "is no alert") }
    return alert
  }

  @Test func `An alert has its fields from the request`() throws {
    let created = try Self.create(Self.full)
    #expect(created.alias == "Life is too short for no alias")
    #expect(
      created.signals == [
        .state(
          ReceivedAlert(
            source: "opsgenie", dedupKey: created.alias, status: .firing, severity: .critical, package: "web",
            title: "An example alert message", description: "Every alert needs a description",
            labels: [
              "service": "web", "key2": "value2", "n": "7", "priority": "P1", "entity": "An example entity",
              "source": "https://am.example.com/#/alerts", "tags": "OverwriteQuietHours,Critical",
              "responders": "NOC,trinity@opsgenie.com",
            ], groupKey: "opsgenie:\(created.alias)", url: "https://am.example.com/#/alerts")),
        .action(
          AlertAction(source: "opsgenie", key: .dedupKey(created.alias), kind: .note("Seen before"), by: "neo")),
      ])
  }

  @Test(
    arguments: [("P1", .critical), ("P2", .high), ("P3", .medium), ("P4", .low), ("p5", .low), ("", .medium)]
      as [(String, Severity)])
  func `A priority is a severity, and none is P3`(_ priority: String, _ severity: Severity) throws {
    let alert = try Self.alert(#"{"message":"m","priority":"\#(priority)","tags":null,"details":null}"#)
    #expect(alert.severity == severity && alert.package == "opsgenie" && alert.dedupKey == "generated")
    #expect(try Self.alert(#"{"message":"m"}"#).severity == .medium)
  }

  @Test func `A message over Opsgenie's 130 characters and an alias over 512 are taken`() throws {
    let long = String(repeating: "x", count: 1000)
    let alert = try Self.alert(#"{"message":"\#(long)","alias":"\#(long)"}"#)
    #expect(alert.title.count == 255 && alert.dedupKey.hasPrefix("sha256:"))
  }

  @Test(arguments: [
    ("", ""), ("[]", ""), ("{}", "/message"), (#"{"message":""}"#, "/message"), (#"{"message":1}"#, "/message"),
    (#"{"message":"m","priority":"P6"}"#, "/priority"), (#"{"message":"m","priority":1}"#, "/priority"),
    (#"{"message":"m","alias":[]}"#, "/alias"), (#"{"message":"m","tags":"a"}"#, "/tags"),
    (#"{"message":"m","details":[]}"#, "/details"), (#"{"message":"m","responders":[1]}"#, "/responders/0"),
  ])
  func `A bad creation is refused with its place`(_ body: String, _ place: String) {
    let failure = #expect(throws: Failure.self) { try Self.create(body) }
    #expect(failure?.code == .invalid || failure?.code == .malformed)
    if !place.isEmpty { #expect(failure?.field == place) }
  }

  @Test(
    arguments: [
      (.close, "", [.resolve]), (.close, "{}", [.resolve]),
      (.close, #"{"user":"u","note":"n"}"#, [.note("n"), .resolve]), (.acknowledge, "", [.acknowledge(until: nil)]),
      (.unacknowledge, "{}", [.unacknowledge]),
      (
        .snooze, #"{"endTime":"2026-11-21T10:00:00Z"}"#,
        [.acknowledge(until: Date(timeIntervalSince1970: 1_795_255_200))]
      ),
      (.notes, #"{"note":"n"}"#, [.note("n")]), (.assign, #"{"owner":{"username":"u@x"}}"#, [.assign(to: "u@x")]),
      (.assign, #"{"owner":{"id":"4513"}}"#, [.assign(to: "4513")]), (.message, #"{"message":"m"}"#, [.retitle("m")]),
      (.description, #"{"description":"d"}"#, [.describe("d")]),
      (.priority, #"{"priority":"P1"}"#, [.grade(.critical)]),
    ] as [(Opsgenie.Verb, String, [AlertAction.Kind])])
  func `A verb is an action, after its note`(_ verb: Opsgenie.Verb, _ body: String, _ kinds: [AlertAction.Kind]) throws
  {
    let actions = try Opsgenie.actions(verb, on: .guid("g"), in: Data(body.utf8))
    #expect(actions.map(\.kind) == kinds)
    #expect(actions.allSatisfy { $0.source == "opsgenie" && $0.key == .guid("g") })
    if body.contains("user\":\"u\"") { #expect(actions.allSatisfy { $0.by == "u" }) }
  }

  @Test(
    arguments: [
      (.snooze, "", "/endTime"), (.snooze, #"{"endTime":"soon"}"#, "/endTime"), (.notes, "{}", "/note"),
      (.notes, #"{"note":" "}"#, "/note"), (.assign, "{}", "/owner"), (.assign, #"{"owner":{}}"#, "/owner"),
      (.message, "{}", "/message"), (.description, "{}", "/description"),
      (.priority, #"{"priority":"high"}"#, "/priority"),
      (.close, "[]", ""), (.close, "{", ""), (.acknowledge, #"{"user":1}"#, "/user"),
    ] as [(Opsgenie.Verb, String, String)])
  func `A bad action is refused with its place`(_ verb: Opsgenie.Verb, _ body: String, _ place: String) {
    let failure = #expect(throws: Failure.self) { try Opsgenie.actions(verb, on: .guid("g"), in: Data(body.utf8)) }
    #expect(failure?.code == .invalid || failure?.code == .malformed)
    if !place.isEmpty { #expect(failure?.field == place) }
  }

  @Test(arguments: TestDatabase.all)
  func `An alert that becomes graver opens an incident, one that becomes milder keeps it`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let created = try Opsgenie.creation(in: Data(#"{"message":"m","alias":"a","priority":"P4"}"#.utf8)) { "" }
      try await bench.incidents.receive(created.signals)
      #expect(try await bench.incidents.list().items.isEmpty)
      for severity in [Severity.critical, .low] {
        let done = try await bench.incidents.perform([
          AlertAction(source: "opsgenie", key: .dedupKey("a"), kind: .grade(severity))
        ])
        #expect(done.outcome == .done)
        #expect(try await bench.incidents.alert("opsgenie", .dedupKey("a"))?.severity == severity)
      }
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(incident.severity == .critical)
      let events = try await bench.events(of: incident.incidentGuid)
      #expect(events == [.incidentCreated, .alertLinked])
    }
  }
}
