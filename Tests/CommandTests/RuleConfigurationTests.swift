import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Command

@Suite struct RuleConfigurationTests {
  private let scratch = Scratch()

  private func rules(_ yaml: String) throws -> [AlertRule] {
    let file = try scratch.write("rules.yaml", yaml)
    return try Configuration.load(file: file, database: nil, environment: [:]).settings.alertRules
  }

  @Test func `Title, people, threshold, flapping and expiry are read`() throws {
    let rules = try rules(
      """
      rules:
        - name: databases
          match: [__source__=grafana, team=dba]
          title: "{labels.cluster}: {title}"
          assign: dba-team
          notify: none
          threshold: {count: 3, within: 10m}
          flap:
            changes: 4
            within: 90s
          expire_after: 2h
        - notify: INCIDENT_DBA
      """)
    let rule = rules[0]
    #expect(rule.name == "databases" && rule.title != nil && rule.assignee == "dba-team")
    #expect(rule.threshold == Frequency(count: 3, window: 600))
    #expect(rule.flap == Frequency(count: 4, window: 90))
    #expect(rule.expiresAfter == 7200)
    #expect(!rule.notifies && rule.notifyCode == nil)
    #expect(rules[1].notifies && rules[1].notifyCode == "INCIDENT_DBA")
  }

  @Test func `All faults of rules are reported together, each at its own line`() throws {
    let file = try scratch.write(
      "rules.yaml",
      """
      rules:
        - match: [a=b]
          title: "{tittle}"
          assign: "  "
          threshold: {count: 1, within: 10m}
          flap: {changes: 3}
          expire_after: 10
        - match: [a=b]
          threshold: 3
          flap: {count: 3, within: tomorrow}
          expire_after: 32d
          notify: ""
      """)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: nil, environment: [:])
    }
    let expected = [
      ":3: rules[0].title: title has an unknown placeholder {tittle} (did you mean title?). Allowed: {title} ",
      ":4: rules[0].assign: takes a text of 1 to 255 characters",
      ":5: rules[0].threshold.count: takes a number from 2 to 1000",
      ":6: rules[0].flap: needs both changes and within: {changes: 3, within: 10m}",
      ":7: rules[0].expire_after: takes how long, such as 90s, 10m, 24h or 7d; at most 31d",
      ":9: rules[1].threshold: takes {count: 3, within: 10m}",
      ":10: rules[1].flap.count: unknown key", ":10: rules[1].flap.within: takes how long",
      ":11: rules[1].expire_after: takes how long", ":12: rules[1].notify: takes a text",
    ]
    for part in expected { #expect(failure.message.contains(part), "\(part)\nin\n\(failure.message)") }
    #expect(failure.message.contains("\(expected.count) faults"), "\(failure.message)")
  }

  /// Failure: somebody puts the rule for everything first and wonders for a week why the others do nothing.
  @Test func `A rule that can never be reached is a fault`() throws {
    let failure = try #require(throws: Failure.self) {
      try rules("rules:\n  - match: []\n    open: true\n  - match: [a=b]\n    open: false")
    }
    #expect(failure.message.contains(":4: rules[1]: is never reached: rules[0] matches every alert; put it last"))
    #expect(try rules("rules:\n  - match: [a=b]\n  - open: true").count == 2)
  }

  @Test(arguments: [("90s", 90.0), ("10m", 600), ("24h", 86_400), ("7d", 604_800)])
  func `How long is written as elsewhere, and shown as it was written`(_ text: String, _ seconds: Double) {
    #expect(Frequency.seconds(text) == seconds)
    #expect(Frequency.words(seconds) == (text == "24h" ? "1d" : text))
  }

  @Test(arguments: ["", "10", "0m", "-1m", "1.5h", "m", "10 m", "1w", "9999999s"])
  func `What is no length of time is refused`(_ text: String) { #expect(Frequency.seconds(text) == nil) }
}
