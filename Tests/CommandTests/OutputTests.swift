import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Command

@Suite struct OutputTests {
  private let tocsin = Program()

  @Test func `A pipe gets tab-separated lines without colour or headings`() async throws {
    let id = try await create("Tabs\tand\nbreaks \u{1B}[31mred\u{1B}[0m \u{202E}evil")
    let ended = try await tocsin.run("list-incidents")
    let lines = ended.output.split(separator: "\n")
    #expect(lines.count == 1)
    let cells = lines[0].split(separator: "\t", omittingEmptySubsequences: false)
    #expect(cells.count == 7)
    #expect(cells[0] == id[...])
    #expect(cells[6] == "Tabs\\tand\\nbreaks \u{FFFD}[31mred\u{FFFD}[0m \u{FFFD}evil")
  }

  @Test func `What could act on a terminal is escaped in JSON, and reads back as it was`() async throws {
    let title = "C1 \u{9B}31m, override \u{202E}evil, mark \u{200F}"
    let id = try await create(title)
    let ended = try await tocsin.run("list-incidents", "--json")
    #expect(ended.output.contains(#"C1 \u009b31m, override \u202eevil, mark \u200f"#))
    #expect(try ended.objects().first?["title"] as? String == title)
    try await step("link-alert", id, "alert\u{9B}1")
    #expect(try await tocsin.run("list-alerts", id, "-q").line == "alert\u{FFFD}1")
    try await step("link-alert", id, "alert-2")
    #expect(try await tocsin.run("list-alerts", id, "--limit", "1", "-q").line == "alert\u{FFFD}1")
    #expect(try JSON.encode(["a": "\u{7F}\u{85}\u{2066}é漢"]) == #"{"a":"\u007f\u0085\u2066é漢"}"#)
  }

  @Test(arguments: [
    ("list-incidents >/dev/full", Int32(1), "tocsin: cannot write the results: No space left on device\n"),
    ("list-incidents --json >/dev/full", 1, "tocsin: cannot write the results: No space left on device\n"),
    ("get-incident ID -q >/dev/full", 1, "tocsin: cannot write the results: No space left on device\n"),
    ("report ID --output /nowhere/report", 1, "tocsin: cannot write /nowhere/report: check the folder"),
    ("list-incidents >&3", 1, ""), ("list-incidents --status x 2>/dev/full", 64, ""),
    ("create-incident --title t --severity LOW --package P --database y.db >/dev/null 2>&3", 0, ""),
  ])
  func `Results that cannot be written are a failure in one sentence, talk that cannot be is none`(
    _ command: String, _ status: Int32, _ talk: String
  ) async throws {
    let id = try await create("Database down")
    // 3 is a pipe whose reader has gone.
    let script = "exec 3> >(exit); sleep 0.2; \"$0\" " + command.replacing("ID", with: id)
    let ended = try await tocsin.run(program: "/bin/bash", ["-c", script, Program.path])
    #expect(ended.status == status, "\(ended.talk)")
    #expect(talk.isEmpty ? ended.talk.isEmpty : ended.talk.hasPrefix(talk), "\(ended.talk)")
  }

  @Test func `On a terminal there are headings and colour, and NO_COLOR turns colour off`() async throws {
    _ = try await create("Database down")
    let colourful = try await onTerminal("list-incidents", [:])
    #expect(colourful.contains("SEVERITY"))
    #expect(colourful.contains("\u{1B}[1;31mCRITICAL\u{1B}[0m"))
    for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
      let plain = try await onTerminal("list-incidents", environment)
      #expect(plain.contains("CRITICAL"))
      #expect(!plain.contains("\u{1B}"))
    }
  }

  @Test func `An empty list is an empty array, nothing at all, or a hint, as asked`() async throws {
    #expect(try await tocsin.run("migrate").status == 0)
    #expect(try await tocsin.run("list-incidents", "--json").line == "[]")
    #expect(try await tocsin.run("list-incidents").output.isEmpty)
    #expect(try await onTerminal("list-incidents", [:]).contains("create-incident"))
  }

  @Test func `JSON has every column by its snake_case name, and null where there is nothing`() async throws {
    let id = try await create("Database down")
    let incident = try await tocsin.run("get-incident", id, "--json").object()
    let columns = [
      "incident_guid", "title", "severity", "status", "package", "description", "assigned_to", "created_by",
      "created_at",
      "closed_by", "closed_at", "resolution_summary", "root_cause", "acknowledged_at", "acknowledged_by", "updated_at",
      "merged_into_guid", "version",
    ]
    #expect(Set(columns).isSubset(of: incident.keys))
    #expect(incident["closed_at"] is NSNull)
    let createdAt = try #require(incident["created_at"] as? String)
    #expect(createdAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test func `Every list answers a JSON array, also when it is empty`() async throws {
    let id = try await create("Database down")
    for list in [
      ["list-notes", id], ["list-alerts", id], ["list-alerts"], ["list-communications", id], ["list-notify-rules"],
    ] {
      #expect(try await tocsin.run(list + ["--json"]).line == "[]", "\(list)")
    }
  }

  @Test func `Every command has help with a worked example of itself`() async throws {
    let commands = Main.configuration.groupedSubcommands.flatMap(\.subcommands)
    #expect(commands.count == 54)
    for command in commands {
      let name = command._commandName
      let help = try await tocsin.run(name, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("Example:"), "\(name)")
      #expect(help.output.contains("tocsin \(name)"), "\(name)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `Completions can be generated for every usual shell`(_ shell: String) async throws {
    let script = try await tocsin.run("--generate-completion-script", shell)
    #expect(script.status == 0)
    for word in ["create-incident", "INVESTIGATING", "ROOT_CAUSE", "markdown"] { #expect(script.output.contains(word)) }
  }

  @Test func `A command never reads stdin unasked`() async throws {
    let ended = try await tocsin.run(
      ["create-incident", "--title", "t", "--severity", "LOW", "--package", "P", "--json"], input: "not for you")
    #expect(ended.status == 0)
    #expect(try ended.object()["description"] is NSNull)
  }

  private func create(_ title: String) async throws -> String {
    try await tocsin.run("create-incident", "--title", title, "--severity", "CRITICAL", "--package", "DATABASE", "-q")
      .line
  }

  private func step(_ arguments: String...) async throws {
    let ended = try await tocsin.run(arguments)
    #expect(ended.status == 0, "\(arguments): \(ended.talk)")
  }

  /// Runs it under script(1), which gives it a terminal.
  /// Failure: at 80 columns, nobody can tell what a silence is about.
  @Test func `A list of silences shows all that they match, however narrow the terminal is`() async throws {
    let matchers = ["alertname=DiskFull", "host=~\"db[0-9]+[.]example[.]com\"", "severity!=\"critical\""]
    _ = try await tocsin.run(
      ["create-silence"] + matchers + ["--for", "2h", "--comment", "Kernel update", "--by", "ana"])
    let shown = try await onTerminal("list-silences", [:])
    let all = #"alertname="DiskFull", host=~"db[0-9]+[.]example[.]com", severity!="critical""#
    #expect(shown.contains(all), "\(shown)")
    #expect(shown.contains("Kernel update") && shown.contains("ana"))
    let lines = shown.split(whereSeparator: \.isNewline)
    #expect(lines.allSatisfy { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "").count <= 80 }, "\(shown)")
  }

  private func onTerminal(_ command: String, _ environment: [String: String]) async throws -> String {
    var onTerminal = tocsin
    onTerminal.environment = tocsin.environment.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
    return try await onTerminal.run(
      program: "/usr/bin/script", ["-qec", "'\(Program.path)' \(command)", "/dev/null"]
    ).output
  }
}
