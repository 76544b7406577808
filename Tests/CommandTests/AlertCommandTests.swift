import Foundation
import TestSupport
import Testing

@Suite struct AlertCommandTests {
  private let tocsin = Program()

  /// Failure: an alert opens nothing, and nobody sees why.
  @Test func `An alert that a silence holds says which, and until when`() async throws {
    let silence = try await tocsin.run("create-silence", "host=db1", "--until", "2100-12-31T12:00:00Z", "-q").line
    let alert = try await tocsin.run(
      "send-alert", "--title", "Down", "--severity", "CRITICAL", "--label", "host=db1", "-q"
    ).line
    let shown = try await tocsin.run("get-alert", alert).output
    #expect(shown.contains("silenced\tby \(silence) until 2100-12-31T12:00:00.000Z\n"), "\(shown)")
    #expect(try await tocsin.run("list-incidents", "-q").output.isEmpty)
    #expect(try await tocsin.run("expire-silence", silence).status == 0)
  }

  /// Failure: a script that hands a monitor's word on is refused, and nobody learns of its alert.
  @Test(arguments: [("warning", "MEDIUM"), ("Page", "CRITICAL"), ("error", "HIGH"), ("LOW", "LOW"), ("p1", "CRITICAL")])
  func `The severity of an alert that is sent may be any known word of a sender`(
    _ word: String, _ severity: String
  ) async throws {
    let alert = try await tocsin.run("send-alert", "--title", "Down", "--severity", word, "-q").line
    #expect(try await tocsin.run("get-alert", alert, "--json").object()["severity"] as? String == severity)
  }

  @Test func `An alert is ended by its key alone`() async throws {
    let alert = try await tocsin.run("send-alert", "--title", "Down", "--package", "P", "--key", "k", "-q").line
    #expect(try await tocsin.run("send-alert", "--key", "k", "--resolved", "-q").line == alert)
    let shown = try await tocsin.run("get-alert", alert, "--json").object()
    #expect(shown["status"] as? String == "RESOLVED" && shown["title"] as? String == "Down")
  }

  @Test func `A silence is changed, and what is left out stays`() async throws {
    let id = try await tocsin.run(
      "create-silence", "host=db1", "--for", "2h", "--comment", "Kernel update", "--by", "ana", "-q"
    ).line
    let changed = try await tocsin.run(
      "change-silence", id, "--until", "2100-12-31T12:00:00Z", "--comment", "Longer", "--by", "neo", "--json"
    ).object()
    #expect(changed["ends_at"] as? String == "2100-12-31T12:00:00.000Z" && changed["comment"] as? String == "Longer")
    #expect(changed["matchers"] as? [String] == [#"host="db1""#] && changed["created_by"] as? String == "ana")
    let other = try await tocsin.run("change-silence", id, "host=~\"db.*\"", "env=prod", "--json").object()
    #expect(other["matchers"] as? [String] == [#"host=~"db.*""#, #"env="prod""#])
    #expect(other["ends_at"] as? String == "2100-12-31T12:00:00.000Z")
    let log = try await tocsin.run("list-audit-log", "--action", "silence-changed", "--json").objects()
    #expect(log.count == 2 && log.last?["actor"] as? String == "neo")
    #expect(try await tocsin.run("expire-silence", id).status == 0)
    #expect(try await tocsin.run("change-silence", id, "--comment", "x").status == 5)
  }
}
