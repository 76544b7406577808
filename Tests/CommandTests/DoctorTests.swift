import Foundation
import TestSupport
import Testing

@Suite struct DoctorTests {
  private let tocsin = Program()

  @Test func `A healthy installation has no error`() async throws {
    let ended = try await tocsin.run("doctor", "--json")
    #expect(ended.status == 0)
    let findings = try ended.objects()
    #expect(
      Set(findings.compactMap { $0["subject"] as? String }).isSuperset(of: [
        "configuration", "clock", "disk", "permissions", "database", "timeline", "channels",
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

  @Test func `A database that others can read is a warning`() async throws {
    _ = try await tocsin.run("migrate")
    #expect(try await tocsin.run("doctor").output.contains("ok\tpermissions"))
    chmod(tocsin.database, 0o644)
    #expect(try await tocsin.run("doctor").output.contains("warning\tpermissions"))
  }
}
