import Foundation
import TestSupport
import Testing

@Suite struct DoctorTests {
  private let tocsin = Program()

  @Test func `A healthy installation has no error`() async throws {
    #expect(try await tocsin.run("migrate").status == 0)
    let ended = try await tocsin.run("doctor", "--json")
    #expect(ended.status == 0)
    let findings = try ended.objects()
    #expect(
      Set(findings.compactMap { $0["subject"] as? String }).isSuperset(of: [
        "configuration", "clock", "disk", "permissions", "database", "timeline", "outbox", "channels",
      ]))
    #expect(!findings.contains { $0["state"] as? String == "error" })
  }

  @Test func `A channel that cannot be reached is an error that says so`() async throws {
    var unreachable = tocsin
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_URL"] = "smtp://127.0.0.1:1"
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_FROM"] = "tocsin@example.com"
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_USERNAME"] = "tocsin"
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_PASSWORD"] = "canary-7c1f"
    let ended = try await unreachable.run("doctor")
    #expect(ended.status == 1)
    #expect(ended.output.contains("error\tchannel EMAIL"))
    #expect(!(ended.output + ended.talk).contains("canary-7c1f"))
  }

  /// Failure: channels are there, a notify rule was forgotten, and incidents tell nobody.
  @Test func `A notify code that alerts use and that reaches nobody is an error with the command that mends it`()
    async throws
  {
    var program = tocsin
    program.environment["TOCSIN_CHANNELS_WEBHOOK_URL"] = "http://127.0.0.1:1/hook"
    program.environment["TOCSIN_CONFIG"] = try tocsin.scratch.write(
      "tocsin.yaml",
      """
      rules:
        - match: [team=dba]
          notify: DBA
        - match: [team=test]
          notify: none
      """)
    func findings() async throws -> [String] {
      let ended = try await program.run("doctor")
      return ended.output.split(separator: "\n").map(String.init).filter { $0.contains("\tnotify ") }
    }
    _ = try await program.run(
      "set-notify-rule", "INCIDENT_CRITICAL", "--name", "x", "--channels", "SMS:+15550100,PAGERDUTY")
    _ = try await program.run("set-notify-rule", "DBA", "--name", "x", "--channels", "SMS,WEBHOOK")
    let found = try await findings()
    #expect(found.count == 5, "\(found)")
    #expect(
      found.contains { $0.hasPrefix("error\tnotify INCIDENT_CRITICAL\t") && $0.contains("SMS is not configured") },
      "\(found)")
    let mending = "tocsin set-notify-rule INCIDENT_HIGH --name"
    #expect(
      found.contains { $0.hasPrefix("error\tnotify INCIDENT_HIGH\tthere is no such rule") && $0.contains(mending) },
      "\(found)")
    #expect(
      found.contains { $0.hasPrefix("warning\tnotify DBA\t") && $0.contains("SMS is not configured") }, "\(found)")
    for code in ["INCIDENT_MEDIUM", "INCIDENT_LOW"] {
      #expect(found.contains { $0.hasPrefix("ok\tnotify \(code)\tthere is no such rule") }, "\(found)")
    }
    #expect(try await program.run("doctor").status == 1)
    for code in ["INCIDENT_CRITICAL", "INCIDENT_HIGH", "DBA"] {
      _ = try await program.run("set-notify-rule", code, "--name", "x", "--channels", "WEBHOOK")
    }
    #expect(try await findings().allSatisfy { $0.hasPrefix("ok\t") })
  }

  @Test func `A tampered timeline is an error`() async throws {
    _ = try await tocsin.run("create-incident", "--title", "t", "--severity", "LOW", "--package", "P")
    let sql = "UPDATE data_incident_timeline SET Description = 'nothing happened'"
    #expect(try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql]).status == 0)
    let doctor = try await tocsin.run("doctor")
    #expect(doctor.status == 1)
    #expect(doctor.output.contains("error\ttimeline\tevent 1 was changed"))
    let verify = try await tocsin.run("verify-timeline")
    #expect(verify.status == 1)
    #expect(verify.talk.contains("event 1 was changed"))
  }

  @Test func `A database that is not there is not made, and an old one is not migrated`() async throws {
    let before = try await tocsin.run("doctor")
    #expect(before.status == 0)
    #expect(before.output.contains("warning\tdatabase\tnot there yet; `tocsin migrate` or `tocsin serve` makes it"))
    #expect(!FileManager.default.fileExists(atPath: tocsin.database))
    let sql = """
      CREATE TABLE tocsin_migration (Number INTEGER PRIMARY KEY, Name TEXT NOT NULL, AppliedAt DATETIME NOT NULL);
      INSERT INTO tocsin_migration VALUES (1, 'Incidents', '2026-11-21 00:00:00.000')
      """
    #expect(try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql]).status == 0)
    for _ in 0..<2 {
      let old = try await tocsin.run("doctor")
      #expect(old.status == 0)
      #expect(old.output.contains(/warning\tdatabase\tschema 1, newest is \d+: run tocsin migrate/))
    }
  }

  @Test func `Messages that wait for over ten minutes are a warning`() async throws {
    var unreachable = tocsin
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_URL"] = "smtp://127.0.0.1:1"
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_FROM"] = "tocsin@example.com"
    let id = try await unreachable.run(
      "create-incident", "--title", "t", "--severity", "LOW", "--package", "P", "-q"
    ).line
    _ = try await unreachable.run("set-notify-rule", "X", "--name", "x", "--channels", "EMAIL:a@b.org,EMAIL:c@d.org")
    #expect(try await unreachable.run("notify-incident", id, "X").status == 7)
    #expect(
      try await tocsin.run("doctor").output.contains("ok\toutbox\tmessages that wait: 2, the oldest for 0 minutes"))
    let sql = "UPDATE tocsin_queue SET QueuedAt = '2026-01-01 00:00:00.000' WHERE Id = 2"
    #expect(try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql]).status == 0)
    #expect(try await tocsin.run("doctor").output.contains("warning\toutbox\tmessages that wait: 2, the oldest for "))
  }

  @Test func `A destination that is down, and messages that were given up, are warnings`() async throws {
    var down = tocsin
    down.environment["TOCSIN_CHANNELS_WEBHOOK_URL"] = "http://127.0.0.1:1/hook"
    let id = try await down.run("create-incident", "--title", "t", "--severity", "LOW", "--package", "P", "-q").line
    _ = try await down.run("set-notify-rule", "X", "--name", "x", "--channels", "SMS,WEBHOOK")
    #expect(try await down.run("notify-incident", id, "X").status == 7)
    let ref = try await down.run("list-undelivered", "--status", "PENDING", "-q").line
    for _ in 0..<4 { #expect(try await down.run("resend", ref).status == 7) }
    let ended = try await tocsin.run("doctor")
    #expect(ended.status == 0)
    #expect(
      ended.output.contains("warning\tfailed\tmessages of the last day that were given up: 1."), "\(ended.output)")
    #expect(
      ended.output.contains("warning\tdestination WEBHOOK http://127.0.0.1:1\t5 failures in a row since "),
      "\(ended.output)")
  }

  @Test func `The configuration's check shows what each channel says about itself`() async throws {
    var sms = tocsin
    for (key, value) in [
      "ACCOUNT_SID": "AC00112233445566778899aabbccddeeff", "AUTH_TOKEN": "secret-secret", "FROM": "+15550100000",
    ] { sms.environment["TOCSIN_CHANNELS_SMS_\(key)"] = value }
    let ended = try await sms.run("check-config")
    #expect(
      ended.output.contains(
        "SMS; text up to 1600 UTF-16 units; bundles, delivery reports; looks up before it repeats\n"), "\(ended.output)"
    )
    #expect(!(ended.output + ended.talk).contains("secret-secret"))
  }

  @Test func `A database that others can read is a warning`() async throws {
    _ = try await tocsin.run("migrate")
    #expect(try await tocsin.run("doctor").output.contains("ok\tpermissions"))
    chmod(tocsin.database, 0o644)
    #expect(try await tocsin.run("doctor").output.contains("warning\tpermissions"))
  }
}
