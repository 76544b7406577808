import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite("Alertmanager's webhook")
struct AlertmanagerTests {
  static func body(
    status: String = "firing", labels: String = "\"alertname\":\"DiskFull\",\"severity\":\"critical\",\"job\":\"node\"",
    annotations: String = "\"summary\":\"Disk is full\",\"description\":\"97 %\"", fingerprint: String = "f1"
  ) -> Data {
    let alert =
      "{\"status\":\"\(status)\",\"labels\":{\(labels)},\"annotations\":{\(annotations)},"
      + "\"startsAt\":\"2026-11-21T10:00:00.5Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","
      + "\"generatorURL\":\"http://prometheus/graph\",\"fingerprint\":\"\(fingerprint)\"}"
    return Data("{\"version\":\"4\",\"groupKey\":\"{}:{a=1}\",\"alerts\":[\(alert)]}".utf8)
  }

  @Test("An alert has its fields from labels and annotations")
  func reads() throws {
    let alert = try #require(try Alertmanager.alerts(in: Self.body()).first)
    #expect(alert.title == "Disk is full" && alert.description == "97 %" && alert.package == "node")
    #expect(alert.severity == .critical && alert.status == .firing && alert.dedupKey == "f1")
    #expect(alert.groupKey == "alertmanager:{}:{a=1}" && alert.endsAt == nil && alert.url == "http://prometheus/graph")
    #expect(alert.startsAt.map(JSON.time) == "2026-11-21T10:00:00.500Z")
  }

  @Test(
    "The package comes from the label package, else service, else job, else the source",
    arguments: [
      ("\"package\":\"p\",\"service\":\"s\",\"job\":\"j\"", "p"), ("\"service\":\"s\",\"job\":\"j\"", "s"),
      ("\"job\":\"j\"", "j"), ("\"x\":\"y\"", "alertmanager"),
    ])
  func package(_ labels: String, _ package: String) throws {
    #expect(try Alertmanager.alerts(in: Self.body(labels: labels)).first?.package == package)
  }

  @Test(
    "A sender's severity maps to ours, and none counts as HIGH",
    arguments: [
      ("critical", .critical), ("error", .high), ("high", .high), ("warning", .medium), ("info", .low), ("odd", .high),
    ] as [(String, Severity)])
  func severity(_ word: String, _ severity: Severity) throws {
    let labels = "\"severity\":\"\(word)\""
    #expect(try Alertmanager.alerts(in: Self.body(labels: labels)).first?.severity == severity)
  }

  @Test("Texts that are too long, or hold a NUL, are taken in all the same", arguments: TestDatabase.all)
  func fits(_ engine: TestDatabase) async throws {
    let long = String(repeating: "🔥", count: 70_000)
    let body = Self.body(
      labels: "\"package\":\"\(long)\",\"severity\":\"critical\"",
      annotations: "\"summary\":\"\(long)\",\"description\":\"a\\u0000\(long)\"", fingerprint: long)
    try await engine.run { bench in
      let guid = try #require(try await bench.incidents.receive(Alertmanager.alerts(in: body)).opened.first)
      let incident = try await bench.incidents.get(guid)
      #expect(incident.title.unicodeScalars.count == 255 && incident.package.unicodeScalars.count == 100)
      #expect((incident.description?.utf8.count ?? 0) > 65_000 && (incident.description?.utf8.count ?? 0) <= 65_536)
      #expect(try await bench.incidents.receive(Alertmanager.alerts(in: body)).opened.isEmpty)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(
    "What is not the webhook is refused, with no word of the decoder's",
    arguments: ["", "{", "[]", "{}", "{\"version\":4}"])
  func refused(_ body: String) {
    let failure = #expect(throws: Failure.self) { try Alertmanager.alerts(in: Data(body.utf8)) }
    #expect(failure?.code == .invalid || failure?.code == .malformed)
    #expect(failure?.message.contains("Swift") == false && failure?.message.contains("codingPath") == false)
  }
}
