import Foundation
import TestSupport
import Testing

@testable import Command

@Suite struct TestRulesTests {
  private let tocsin = Program()

  private static let delivery = """
    {"version": "4", "groupKey": "g", "alerts": [
      {"status": "firing", "labels": {"alertname": "DiskFull", "severity": "critical", "cluster": "one"},
       "startsAt": "2026-11-21T10:00:00Z", "fingerprint": "abc"},
      {"status": "firing", "labels": {"alertname": "Slow", "severity": "info"}, "startsAt": "2026-11-21T10:00:00Z",
       "fingerprint": "def"},
      {"status": "resolved", "labels": {"alertname": "Late"}, "startsAt": "2026-11-21T10:00:00Z",
       "endsAt": "2026-11-21T10:01:00Z", "fingerprint": "ghi"}]}
    """

  private func configuration() throws -> String {
    try tocsin.scratch.write(
      "tocsin.yaml",
      """
      rules:
        - name: disks
          match: [alertname=DiskFull]
          title: "{title} on {labels.cluster}"
          package: STORAGE
          assign: dba
          notify: INCIDENT_DBA
      """)
  }

  @Test func `What the rules would make of a delivery is shown, and nothing is written`() async throws {
    let config = try configuration()
    let file = try tocsin.scratch.write("alerts.json", Self.delivery)
    let ended = try await tocsin.run("test-rules", file, "--config", config)
    #expect(ended.status == 0, "\(ended.talk)")
    let lines = ended.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(lines.count == 3)
    #expect(
      lines[0] == [
        "abc", "disks", "opens", "CRITICAL", "STORAGE", "alertmanager:g", "INCIDENT_DBA", "HIGH and CRITICAL do so",
        "DiskFull on one",
      ])
    #expect(lines[1].prefix(4) == ["def", "none", "joins", "LOW"] && lines[1][6] == "none")
    #expect(lines[2].prefix(3) == ["ghi", "none", "resolves"])
    #expect(!FileManager.default.fileExists(atPath: tocsin.database))

    let json = try await tocsin.run(["test-rules", "-", "--json", "--config", config], input: Self.delivery).objects()
    #expect(json.count == 3)
    #expect(json[0]["rule"] as? String == "disks" && json[0]["assigned_to"] as? String == "dba")
    #expect(json[1]["rule"] is NSNull && json[1]["notify_code"] is NSNull)
  }

  @Test(arguments: [
    ("{", [], "as alertmanager: "), (#"{"version": "3"}"#, [], "this is the door for Alertmanager's webhook version"),
    ("{}", ["--source", "alertmanger"], "did you mean alertmanager?"),
  ])
  func `What no dialect can read is refused with the reason`(
    _ body: String, _ options: [String], _ expected: String
  ) async throws {
    let ended = try await tocsin.run(["test-rules", "-"] + options, input: body)
    #expect(ended.status == 64 && ended.talk.contains(expected), "\(ended.talk)")
    #expect(try await tocsin.run("test-rules", "/nowhere.json").status == 64)
  }
}
