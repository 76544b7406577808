import Foundation
import TestSupport
import Testing

/// What a person sees who typed something wrong: what it is, and what is allowed.
@Suite struct WrongInputTests {
  private let tocsin = Program()

  @Test(arguments: [
    (["get-incident", "00000000-0000-7000-8000-000000000000"], Int32(3), "there is no incident"),
    (["get-incident", "abc"], 64, "at least its first 6 characters"),
    (["lookup-ref", "REF-20251229-A7K"], 3, "REF-20251229-A7K"),
    (["lookup-ref", "nonsense"], 64, "REF-20251229-A7K"),
    (["update-status", "ID", "MONITORING"], 5, "Allowed from CREATED: INVESTIGATING, CLOSED"),
    (["update-status", "ID", "INVESTIGATNG"], 64, "did you mean INVESTIGATING?"),
    (["add-note", "ID", "ROOTCAUSE", "x"], 64, "did you mean ROOT_CAUSE?"),
    (["add-note", "ID", "GENERAL", ""], 64, "is empty"),
    (["list-incidents", "--severity", "CRITCAL"], 64, "did you mean CRITICAL?"),
    (["list-incidents", "--status", "OPEN"], 64, "CREATED, INVESTIGATING, MONITORING, CLOSED"),
    (["list-incidents", "--since", "yesterday"], 64, "2026-11-21T16:28:03Z"),
    (["list-incidents", "--limit", "0"], 64, "1 or more"),
    (["list-communications", "ID", "--limit", "-1"], 64, "1 or more"),
    (["log-communication", "ID", "--channel", "PHONE", "--metadata", "{oops"], 64, "JSON object"),
    (["log-communication", "ID", "--channel", "PHONE", "--status", "ARRIVED"], 64, "PENDING, SENT, DELIVERED, FAILED"),
    (["notify-incident", "ID", "NO_SUCH_RULE"], 3, "there are none yet"),
    (["set-notify-rule", "X", "--name", "x", "--channels", "EMIAL"], 64, "did you mean EMAIL?"),
    (["set-notify-rule", "X", "--name", "x", "--channels", ","], 64, "is empty"),
    (
      ["set-notify-rule", "X", "--name", "x", "--channels", "EMAIL:a@b.c", "--message-template", "{incident_titel}"],
      64,
      "did you mean incident_title?"
    ),
    (["report", "ID", "--format", "pdf"], 64, "text, markdown, html, json"),
    (["metrics", "--start-date", "2025-02-30"], 64, "start_date"),
    (["create-token", "--name", "x", "--role", "root"], 64, "viewer, ingest, responder, admin"),
    (["merge-incidents", "ID", "ID"], 5, "into itself"),
    (["update-incident", "ID"], 64, "Nothing to change"),
    (["send-test", "SLACK"], 3, "not configured"),
    (["create-incidnt"], 64, "did you mean create-incident?"),
    (["add-note", "ID", "GENERAL", "-text"], 64, "goes last, behind --"),
    (["close-incident", "ID", "--resolution-summary", "-", "--root-cause", "-"], 64, "can be read once"),
    (["list-alerts", "ID", "--limit", "0"], 64, "1 or more"),
    (["list-incidents", "--database", ""], 64, "--database: must be a file"),
    (["list-incidents", "--database", ":memory:"], 64, "--database: must be a file"),
    (["create-silence", "a=~[", "--for", "2h"], 64, "MATCHER \"[\" is not a regular expression"),
    (["create-silence", "a", "--for", "2h"], 64, "MATCHER \"a\" is not a matcher"),
    (["create-silence", "a=", "--for", "2h"], 64, "MATCHER would hold every alert"),
    (["create-silence", "a=b", "--until", "2001-01-01"], 64, "--until is over already, or not after --start"),
    (["create-silence", "a=b", "--until", "soon"], 64, "--until \"soon\" is no time"),
    (["create-silence", "a=b", "--for", "2h", "--start", "soon"], 64, "--start \"soon\" is no time"),
    (["create-silence", "a=b", "--for", "0h"], 64, "--for is 0"),
    (["create-silence", "a=b", "--for", "2h", "--from", "02:00"], 64, "--weekly is missing"),
    (["create-silence", "a=b", "--for", "2h", "--weekly", "SUN", "--from", "25:00"], 64, "--from is needed"),
    (
      ["create-silence", "a=b", "--for", "2h", "--weekly", "SUN", "--from", "02:00", "--time-zone", "Mars"], 64,
      "--time-zone \"Mars\" is not known"
    ),
    (["change-silence", "019aa7c0"], 64, "Nothing to change"),
    (["change-silence", "019aa7c0", "--until", "2h"], 3, "there is no silence"),
    (["set-heartbeat", "x", "--every", "1s"], 64, "--every is 1; it takes 10 to"),
    (["set-heartbeat", "x", "--every", "1m", "--grace", "30d"], 64, "--grace is 2592000"),
    (["set-heartbeat", "a b", "--every", "1m"], 64, "NAME \"a b\" is no name"),
    (["set-heartbeat", "x", "--every", "1m", "--title", ""], 64, "--title is empty"),
    (["send-alert", "--title", "x", "--severity", "critcal"], 64, "did you mean CRITICAL?"),
    (["send-alert", "--title", "x", "--label", "x"], 64, "--label \"x\" is none"),
    (["send-alert", "--resolved"], 64, "--key"),
    (["serve", "--listen", "127.example.com:0"], 64, "create-token"),
    (["serve", "--listen", "here"], 64, "127.0.0.1:8420"),
    (["serve", "--listen", "0.0.0.0:0"], 64, "create-token"),
  ])
  func `Wrong input names itself, says what is allowed, and sets the exit code`(
    _ arguments: [String], _ status: Int32, _ expected: String
  ) async throws {
    let id = try await tocsin.run("create-incident", "--title", "t", "--severity", "LOW", "--package", "P", "-q").line
    let ended = try await tocsin.run(arguments.map { $0 == "ID" ? id : $0 })
    #expect(ended.status == status, "\(ended.talk)")
    #expect(ended.talk.contains(expected), "\(ended.talk)")
    #expect(ended.output.isEmpty)
    #expect(try await tocsin.run("show-timeline", id, "-q").output.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("--title", String(repeating: "x", count: 256)), ("--title", ""), ("--title", "  "),
    ("--package", String(repeating: "x", count: 101)), ("--assigned-to", String(repeating: "x", count: 256)),
    ("--description", String(repeating: "x", count: 65_537)), ("--by", String(repeating: "x", count: 256)),
    ("--alert", ""),
  ])
  func `A text that does not fit is refused and nothing is written`(_ option: String, _ value: String) async throws {
    var options = ["--title": "t", "--severity": "LOW", "--package": "P"]
    options[option] = value
    let ended = try await tocsin.run(["create-incident"] + options.flatMap { [$0.key, $0.value] })
    #expect(ended.status == 64, "\(ended.talk)")
    #expect(try await tocsin.run("list-incidents", "--json").line == "[]")
  }

  @Test func `A prefix that fits several incidents lists them`() async throws {
    var guids: [String] = []
    for title in ["a", "b"] {
      guids.append(
        try await tocsin.run("create-incident", "--title", title, "--severity", "LOW", "--package", "P", "-q").line)
    }
    let ended = try await tocsin.run("get-incident", String(guids[0].prefix(6)))
    #expect(ended.status == 64)
    for guid in guids { #expect(ended.talk.contains(guid)) }
    #expect(try await tocsin.run("get-incident", String(guids[0].prefix(18)), "-q").line == guids[0])
  }

  @Test func `A database that cannot be used is refused in one sentence with status 6`() async throws {
    let text = try tocsin.scratch.write("notes.txt", "This is no database, but somebody's shopping list.")
    let before = try String(contentsOfFile: text, encoding: .utf8)
    for path in [text, tocsin.scratch.path, "/proc/nowhere/tocsin.db"] {
      let ended = try await tocsin.run("list-incidents", "--database", path)
      #expect(ended.status == 6, "\(path): \(ended.talk)")
      #expect(ended.talk.split(separator: "\n").count == 1)
    }
    #expect(try String(contentsOfFile: text, encoding: .utf8) == before)
  }

  @Test func `A database of a newer Tocsin is left alone`() async throws {
    #expect(try await tocsin.run("migrate").status == 0)
    let sql = """
      INSERT INTO tocsin_migration (Number, Name, AppliedAt, WorksBeside) VALUES (99, 'future', '2030-01-01 00:00:00.000', 99);
      UPDATE tocsin_migration SET WorksBeside = 99 WHERE Number = 1
      """
    #expect(try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql]).status == 0)
    let ended = try await tocsin.run("create-incident", "--title", "t", "--severity", "LOW", "--package", "P")
    #expect(ended.status == 6)
    #expect(ended.talk.contains("newer Tocsin"))
  }

  @Test func `A damaged database is refused, not guessed at`() async throws {
    #expect(try await tocsin.run("create-incident", "--title", "t", "--severity", "LOW", "--package", "P").status == 0)
    #expect(
      try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, "PRAGMA wal_checkpoint(TRUNCATE)"]).status
        == 0)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: tocsin.database))
    for page in 1..<12 {
      try file.seek(toOffset: UInt64(page * 4096))
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    }
    try file.close()
    let ended = try await tocsin.run("list-incidents")
    #expect(ended.status == 6)
    #expect(ended.talk.contains("damaged"))
  }
}
