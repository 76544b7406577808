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
      intake:
        json:
          probe:
            title: /what
            dedup_key: /what
            labels: {alertname: /what}
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
        "abc", "disks", "opens", "CRITICAL", "STORAGE", "alertmanager:g", "INCIDENT_DBA",
        "HIGH and CRITICAL do so", "DiskFull on one",
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
    (
      #"{"version": "1", "groupKey": "g", "alerts": [{"status": "firing", "startsAt": "2026-11-21T10:00:00Z", "#
        + #""labels": {"alertname": "DiskFull"}, "fingerprint": "abc"}], "title": "t", "message": "m"}"#,
      "grafana", "abc"
    ),
    (#"[{"labels": {"alertname": "DiskFull"}}]"#, "alertmanager", "744e61ca074bea90"),
    (
      #"{"event_action": "trigger", "dedup_key": "abc", "payload": {"summary": "DiskFull", "source": "db1", "#
        + #""severity": "critical", "custom_details": {"alertname": "DiskFull"}}}"#,
      "pagerduty", "abc"
    ),
    (
      #"[{"specversion": "1.0", "id": "1", "source": "/db", "type": "disk", "data": {"labels": {"alertname": "DiskFull"}}}]"#,
      "cloudevents", "/db 1"
    ),
    (#"{"message": "DiskFull", "priority": "P1", "details": {"alertname": "DiskFull"}}"#, "opsgenie", "(new)"),
    (#"{"title": "DiskFull", "dedup_key": "abc", "labels": {"alertname": "DiskFull"}}"#, "json", "abc"),
    (#"{"what": "DiskFull"}"#, "json/probe", "DiskFull"),
  ])
  func `A delivery is read in the dialect that it is in`(_ body: String, _ source: String, _ key: String) async throws {
    let config = try configuration()
    let forecasts = try await tocsin.run(["test-rules", "-", "--json", "--config", config], input: body).objects()
    #expect(forecasts.count == 1)
    let said = ["source", "dedup_key", "rule", "outcome"].map { forecasts.first?[$0] as? String }
    #expect(said == [source, key, "disks", "opens"])
  }

  @Test func `An event that only acknowledges is read, and no rule looks at it`() async throws {
    let body = #"{"event_action": "acknowledge", "dedup_key": "abc"}"#
    let ended = try await tocsin.run(["test-rules", "-"], input: body)
    #expect(ended.status == 0 && ended.output.isEmpty, "\(ended.talk)")
  }

  @Test(arguments: [
    ("{", [], "not valid JSON"), (#"{"version": "3"}"#, [], "As alertmanager: "),
    (#"{"version": "3"}"#, [], "as opsgenie: "), ("{}", ["--source", "grafna"], "did you mean grafana?"),
    (#"{"title": "t"}"#, ["--source", "json/prob"], "is not known. Allowed: alertmanager, "),
    (#"{"version": "3"}"#, ["--source", "alertmanager"], "this is the door for Alertmanager's webhook version"),
  ])
  func `What no dialect can read is refused with the reason`(
    _ body: String, _ options: [String], _ expected: String
  ) async throws {
    let ended = try await tocsin.run(["test-rules", "-"] + options, input: body)
    #expect(ended.status == 64 && ended.talk.contains(expected), "\(ended.talk)")
    #expect(try await tocsin.run("test-rules", "/nowhere.json").status == 64)
  }
}
