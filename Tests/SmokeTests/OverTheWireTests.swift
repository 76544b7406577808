import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Command

/// Every command that works on incidents does the same on a server as on a database of this machine.
@Suite(.serialized) struct OverTheWireTests {
  /// A line of the script: a command, and the name under which what it prints with `--quiet` is kept for later lines.
  private typealias Line = (words: [String], kept: String?)

  /// Each command at least once, with what is done and what is refused.
  private static let script: [Line] =
    [
      (
        [
          "create-incident", "--title", "Pool \u{1F4A5} \"exhausted\"", "--severity", "critical", "--package",
          "DATABASE",
          "--description", "All slots\noccupied", "--assigned-to", "dba-team", "--alert", "alert-1",
        ], "incident"
      ),
      (["create-incident", "--title", "Symptom", "--severity", "LOW", "--package", "WEB"], "other"),
      (["create-incident", "--title", " ", "--severity", "LOW", "--package", "WEB"], nil),
      (["create-incident", "--title", "T", "--severity", "URGENT", "--package", "WEB"], nil),
      (["update-incident", "{incident}", "--title", "Connection pool exhausted", "--severity", "HIGH"], nil),
      (["update-incident", "{incident}", "--assigned-to", ""], nil),
      (["update-status", "{incident}", "MONITORING"], nil),
      (["update-status", "{incident}", "INVESTIGATING", "--by", "engineer1"], nil),
      (["add-note", "{incident}", "ROOT_CAUSE", "Missing index"], nil),
      (["add-note", "{incident}", "GENERAL", ""], nil),
      (["link-alert", "{incident}", "alert/2 ?#%"], nil),
      (
        [
          "send-alert", "--title", "Backup \u{1F4A5} failed", "--package", "BACKUP", "--key", "b-1", "--label",
          "host=db1",
          "--label", "a=b=c", "--description", "exit\n2", "--url", "https://ci.example.com/7",
        ], "alert"
      ),
      (["send-alert", "--title", "Backup failed", "--package", "BACKUP", "--key", "b-1", "--severity", "low"], nil),
      (["send-alert", "--title", " "], nil), (["send-alert", "--title", "T", "--severity", "URGENT"], nil),
      (["send-alert", "--title", "T", "--label", "odd"], nil),
      (["send-alert", "--title", "T", "--expires-in", "x"], nil),
      (["acknowledge-alert", "{alert}", "--for", "2h"], nil), (["acknowledge-alert", "{alert}", "--for", "soon"], nil),
      (["acknowledge-alert", "{alert}", "--undo"], nil), (["acknowledge-alert", "{alert}", "--undo"], nil),
      (["acknowledge-alert", "ffffff"], nil), (["acknowledge-alert", "{alert}", "--undo", "--for", "2h"], nil),
      (["acknowledge-alert", "{alert}", "--by", "engineer1"], nil),
      (["send-alert", "--title", "Backup failed", "--package", "BACKUP", "--key", "b-1", "--resolved"], nil),
      (["acknowledge-alert", "{alert}"], nil),
      (
        ["set-heartbeat", "nightly", "--every", "1d", "--grace", "2h", "--severity", "low", "--package", "BACKUP"], nil
      ),
      (["set-heartbeat", "nightly", "--every", "2d", "--title", "No backup", "--off"], nil),
      (["set-heartbeat", "hourly", "--every", "1h"], nil), (["set-heartbeat", "no/name", "--every", "1h"], nil),
      (["set-heartbeat", "x", "--every", "1s"], nil), (["set-heartbeat", "x", "--every", "often"], nil),
      (["delete-heartbeat", "hourly"], nil), (["delete-heartbeat", "hourly"], nil),
      (
        [
          "log-communication", "{incident}", "--channel", "phone", "--message", "Called", "--recipient", "+1-555-0123",
          "--metadata", #"{"answered":true,"duration_seconds":180,"ratio":0.5}"#,
        ], "ref"
      ),
      (
        ["set-notify-rule", "INCIDENT_CRITICAL", "--name", "Critical", "--channels", "EMAIL:dba@example.com"],
        nil
      ),
      (["set-notify-rule", "BAD", "--name", "Bad", "--channels", "PIGEON"], nil),
      (["notify-incident", "{incident}", "INCIDENT_CRITICAL"], nil),
      (["notify-incident", "{incident}", "UNKNOWN"], nil),
      (["notify-incident", "{incident}", "INCIDENT_CRITICAL", "--message-template", "{nonsense}"], nil),
      (["list-undelivered"], "failed"),
      (["resend", "{failed}"], nil),
      (["email-report", "{incident}", "--to", "manager@example.com"], nil),
      (["send-test", "EMAIL:a@example.com"], nil),
      (["generate-short-ref"], nil),
      (["merge-incidents", "{other}", "{incident}"], nil),
      (["merge-incidents", "{other}", "{incident}"], nil),
      (["close-incident", "{incident}", "--resolution-summary", "Added index", "--root-cause", "Missing index"], nil),
      (["close-incident", "{incident}"], nil),
      (["create-token", "--name", "dashboard", "--role", "viewer", "--expires", "90d"], nil),
      (["create-token", "--name", "dashboard", "--role", "viewer"], nil), (["revoke-token", "dashboard"], nil),
      (["revoke-token", "dashboard"], nil),
      (["create-user", "--name", "ana", "--role", "admin", "--password-file", "password"], nil),
      (["create-user", "--name", "bot", "--role", "ingest", "--password-file", "password"], nil),
      (["set-password", "ana", "--password-file", "bad-password"], nil), (["disable-user", "ana"], nil),
      (["enable-user", "ana"], nil), (["enable-user", "nobody"], nil), (["disable-totp", "ana"], nil),
      (
        [
          "create-silence", "alertname=DiskFull", "host=~\"db.*\"", "--for", "2h", "--comment", "Kernel update", "--by",
          "ana",
        ], "silence"
      ),
      (["create-silence", "a=", "--for", "2h"], nil), (["create-silence", "a=~(", "--for", "2h"], nil),
      (["create-silence", "a=b"], nil), (["create-silence", "a=b", "--for", "soon"], nil),
      (["create-silence", "a=b", "--until", "2020-01-01"], nil),
      (
        [
          "create-silence", "package=BACKUP", "--weekly", "SUN,MON", "--from", "02:00", "--for", "2h", "--time-zone",
          "Europe/Berlin",
        ], nil
      ),
      (["create-silence", "a=b", "--weekly", "SUNDAY", "--from", "02:00", "--for", "2h"], nil),
      (["comment-silence", "{silence}", "Takes an hour longer"], nil), (["comment-silence", "{silence}", ""], nil),
      (["comment-silence", "{silence}"], nil), (["list-silences", "--state", "active", "--limit", "1"], nil),
      (["change-silence", "{silence}", "--until", "2100-12-31", "--comment", "Longer", "--by", "ana"], nil),
      (["change-silence", "{silence}", "--until", "soon"], nil), (["change-silence", "ffffff", "a=~["], nil),
      (["expire-silence", "{silence}"], nil), (["expire-silence", "{silence}"], nil),
      (["change-silence", "{silence}", "--comment", ""], nil),
      (["expire-silence", "ffffff"], nil),
      (["list-silences", "--state", "expired"], nil), (["list-silences", "--state", "gone"], nil),
    ] + reading

  /// Those that change nothing.
  private static let reading: [Line] = [
    (["list-incidents"], nil), (["list-incidents", "--status", "closed", "--search", "pool", "--since", "1d"], nil),
    (["list-incidents", "--package", "", "--assigned-to", ""], nil), (["metrics", "--package", ""], nil),
    (["list-communications", "{incident}", "--channel", ""], nil), (["list-incidents", "--limit", "1"], nil),
    (["list-incidents", "--limit", "0"], nil),
    (["get-incident", "{incident}"], nil), (["get-incident", "{ref}"], nil), (["get-incident", "ffffff"], nil),
    (["get-incident", "a"], nil), (["list-notes", "{incident}"], nil), (["list-alerts", "{incident}"], nil),
    (["list-alerts"], nil), (["get-alert", "{alert}"], nil), (["get-alert", "ffffff"], nil), (["get-alert", "a"], nil),
    (["list-alerts", "--status", "resolved", "--severity", "high", "--source", "json", "--package", "BACKUP"], nil),
    (["list-alerts", "--acknowledged"], nil), (["list-alerts", "--no-acknowledged", "--source", ""], nil),
    (["list-alerts", "{incident}", "--status", "firing"], nil), (["list-alerts", "--status", "odd"], nil),
    (["list-heartbeats"], nil),
    (["show-timeline", "{incident}"], nil), (["list-communications", "{incident}"], nil),
    (["list-communications", "{incident}", "--channel", "PHONE", "--limit", "1"], nil), (["lookup-ref", "{ref}"], nil),
    (["lookup-ref", "REF-20200101-AAA"], nil), (["lookup-ref", "nonsense"], nil), (["report", "{incident}"], nil),
    (["report", "{incident}", "--format", "markdown"], nil), (["report", "{incident}", "--format", "html"], nil),
    (["report", "{incident}", "--format", "json"], nil), (["metrics"], nil),
    (["metrics", "--start-date", "2026-02-30"], nil), (["list-notify-rules"], nil), (["list-undelivered"], nil),
    (["verify-timeline"], nil), (["list-users"], nil),
  ]

  /// What two databases differ in: where changes came from, and which tokens were used when.
  private static let tellingApart: [Line] = [
    (["list-audit-log"], nil), (["list-audit-log", "--action", "TOKEN_CREATED", "--limit", "1"], nil),
    (["list-tokens"], nil),
  ]

  @Test func `The script has every command that works on incidents`() {
    let commands = Main.configuration.groupedSubcommands.flatMap(\.subcommands)
      .filter { $0 is any DeskCommand.Type }.map { $0._commandName }
    #expect(Set(commands) == Set((Self.script + Self.tellingApart).map { $0.words[0] }))
  }

  @Test(arguments: [[], ["--json"], ["--quiet"]])
  func `The same commands print the same, say the same and leave with the same status`(_ mode: [String]) async throws {
    let here = try Self.prepared(Program())
    let there = try await Served()
    var kept: [[String: String]] = [[:], [:]]
    for line in Self.script {
      let words = line.words + mode
      let (left, right) = (
        try await here.run(Self.filled(words, kept[0])), try await there.client.run(Self.filled(words, kept[1]))
      )
      #expect(left.status == right.status, "\(line.words): \(left.talk) — \(right.talk)")
      #expect(Self.general(left.output) == Self.general(right.output), "\(line.words)")
      #expect(Self.general(left.talk) == Self.general(right.talk), "\(line.words)")
      guard let name = line.kept else { continue }
      for (index, program) in [here, there.local].enumerated() {
        kept[index][name] = try await Self.newest(line.words[0], program)
      }
    }
  }

  @Test(arguments: [[], ["--json"], ["--quiet"]])
  func `What is read is the same byte for byte on one database`(_ mode: [String]) async throws {
    let there = try await Served()
    var kept: [String: String] = [:]
    for line in Self.script.prefix(Self.script.count - Self.reading.count) {
      _ = try await there.local.run(Self.filled(line.words, kept))
      if let name = line.kept { kept[name] = try await Self.newest(line.words[0], there.local) }
    }
    _ = try await eventually("the token's use is noted") {
      _ = try await there.client.run("list-users")
      return try await there.local.run("list-tokens", "--json").output.contains(/"last_used_at" ?: ?"/) ? true : nil
    }
    for line in Self.reading + Self.tellingApart {
      let words = Self.filled(line.words + mode, kept)
      let (left, right) = (try await there.local.run(words), try await there.client.run(words))
      // A minute may begin between the two.
      let same = line.words == ["list-tokens"] ? Self.general : { $0 }
      #expect(same(left.output) == same(right.output), "\(line.words)")
      #expect(left.talk == right.talk && left.status == right.status, "\(line.words)")
    }
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:1", 6, "cannot be reached"), ("127.0.0.1:8420", 64, "is no address of a server"),
      ("http://127.0.0.1:65536", 64, "is no address of a server"), ("ftp://127.0.0.1", 64, "is no address of a server"),
      ("http://u:p@127.0.0.1:1", 64, "is no address of a server"),
    ])
  func `A server that cannot be used says why`(_ server: String, _ status: Int32, _ words: String) async throws {
    let ended = try await Program(["TOCSIN_DATABASE": ""]).run("list-incidents", "--server", server)
    #expect(ended.status == status && ended.talk.contains(words) && ended.output.isEmpty, "\(ended.talk)")
  }

  @Test func `A bad token, a role that may not and two places at once are refused, and no token is shown`() async throws
  {
    let there = try await Served()
    var client = there.client
    client.environment["TOCSIN_TOKEN"] = "tocsin_wrong"
    let unknown = try await client.run("list-incidents")
    #expect(unknown.status == 4 && !unknown.talk.contains("tocsin_wrong"))
    client.environment["TOCSIN_TOKEN"] = ""
    #expect(try await client.run("list-incidents").status == 4)
    let viewer = try await there.local.run("create-token", "--name", "dashboard", "--role", "viewer").line
    client.environment["TOCSIN_TOKEN_FILE"] = try there.local.scratch.write("token", viewer + "\n")
    #expect(try await client.run("list-incidents").status == 0)
    let refused = try await client.run("create-incident", "--title", "T", "--severity", "LOW", "--package", "P")
    #expect(refused.status == 4 && !refused.talk.contains(viewer))
    #expect(try await client.run("list-incidents", "--server", "http://127.0.0.1:1", "--database", "x.db").status == 64)
    client.environment["TOCSIN_DATABASE"] = there.local.database
    let both = try await client.run("list-incidents")
    #expect(both.status == 64 && both.talk.contains("TOCSIN_SERVER and TOCSIN_DATABASE"))
  }

  /// With the files that the script reads.
  fileprivate static func prepared(_ program: Program) throws -> Program {
    _ = try program.scratch.write("password", "correct horse battery staple\n")
    _ = try program.scratch.write("bad-password", "password\n")
    return program
  }

  private static func filled(_ words: [String], _ kept: [String: String]) -> [String] {
    words.map { word in kept.reduce(word) { $0.replacing("{\($1.key)}", with: $1.value) } }
  }

  /// The id of what a command made, or the first of what it listed.
  private static func newest(_ command: String, _ program: Program) async throws -> String {
    switch command {
    case "send-alert": try await program.run("list-alerts", "-q", "--limit", "1").line
    case "create-incident": try await program.run("list-incidents", "-q", "--limit", "1").line
    case "create-silence": try await program.run("list-silences", "-q", "--limit", "1").line
    case "list-undelivered": try await program.run("list-undelivered", "-q", "--limit", "1").line
    default:
      try await program.run(
        "list-communications", program.run("list-incidents", "-q", "--search", "pool").line, "-q", "--limit", "1"
      ).line
    }
  }

  /// `text` without what is another in each database: ids, references, times, durations, hashes, secrets.
  private static func general(_ text: String) -> String {
    text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "GUID")
      .replacing(/"last_four" ?: ?"[0-9a-f]{4}"/, with: "SECRET").replacing(/tocsin_[0-9a-f]{64}/, with: "SECRET")
      .replacing(/[0-9a-f]{64}/, with: "HASH")
      .replacing(/REF-[0-9]{8}-[A-Z0-9]{3,7}/, with: "REF")
      .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?/, with: "TIME")
      .replacing(/[0-9]+(\.[0-9]+)?(e-[0-9]+)? (s|ms)\b/, with: "TIME").replacing(
        /[0-9]+\.[0-9]+(e-[0-9]+)?/, with: "NUMBER"
      )
      .replacing(/"duration_ms" : [0-9]+/, with: "TIME")
  }
}

/// A running server, and the program that works on it.
private struct Served {
  /// On the server's database.
  let local: Program
  /// Over the wire, as an admin of the operating system's user's name.
  let client: Program
  private let running: RunningProgram

  init() async throws {
    local = try OverTheWireTests.prepared(Program())
    let user = try await local.run(program: "/usr/bin/id", ["-un"]).line
    let token = try await local.run("create-token", "--name", user, "--role", "admin").line
    running = try local.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    client = try OverTheWireTests.prepared(
      Program(["TOCSIN_DATABASE": "", "TOCSIN_SERVER": server, "TOCSIN_TOKEN": token]))
  }
}
