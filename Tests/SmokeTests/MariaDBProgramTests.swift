import Foundation
import StorageMariaDB
import TestSupport
import Testing

/// The built program on a real MariaDB.
@Suite struct MariaDBProgramTests {
  @Test func `the commands work on MariaDB, and a rule that was inserted by hand is used by the next notification`()
    async throws
  {
    let server = try await MariaDBServer.shared()
    let address = try server.makeDatabase()
    let name = try MariaDBAddress(address).database
    let tocsin = Program(["TOCSIN_DATABASE": address])
    let created = try await tocsin.run(
      "create-incident", "--title", "Database Down", "--severity", "CRITICAL", "--package", "DATABASE", "-q")
    #expect(created.status == 0, "\(created.talk)")
    // To the letter as the seeds have it.
    _ = try server.sql(
      """
      -- Example: Critical incident notification to multiple channels
      INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels)
      VALUES (
      'INCIDENT_CRITICAL',
      'Critical Incident Alert',
      'PAGERDUTY,SLACK,SMS'
      );
      """, in: name)
    let told = try await tocsin.run("notify-incident", created.line, "INCIDENT_CRITICAL", "--json")
    #expect(try told.object()["failed"] as? Int == 3, "\(told.output) \(told.talk)")
    let listed = try await tocsin.run("list-incidents", "--json")
    #expect(try listed.objects().first?["incident_guid"] as? String == created.line, "\(listed.output) \(listed.talk)")
    let report = try await tocsin.run("verify-timeline")
    #expect(report.status == 0, "\(report.talk)")
    // An Axion dashboard's query.
    let rows = try server.sql(
      "SELECT Severity, Status, CreatedAt > utc_timestamp() - INTERVAL 1 HOUR FROM data_incident WHERE Severity = 'CRITICAL'",
      in: name)
    #expect(rows == "CRITICAL\tCREATED\t1\n")
    for command in ["doctor", "migrate", "check-config"] {
      let ended = try await tocsin.run(command)
      #expect(ended.status == 0, "\(ended.output) \(ended.talk)")
      #expect(ended.output.contains("mariadb://tocsin@127.0.0.1:\(server.port)/\(name)"), "\(ended.output)")
      #expect(!(ended.output + ended.talk).contains("s3cret"))
    }
  }

  @Test func `serve takes alerts, survives a restart of the server, and never shows the password`() async throws {
    let server = try await MariaDBServer(.full)
    let address = try server.makeDatabase()
    let tocsin = Program(["TOCSIN_DATABASE": address])
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    #expect(try await sender.send("a") == 200)
    try server.kill()
    #expect(try await sender.send("b") == 503)
    try await server.start()
    _ = try await eventually("alerts are taken again", within: 10) { try await sender.send("b") == 200 ? true : nil }
    let metrics = try await Servers.send(sender.server, "GET", "/metrics", token: nil).text
    let retries = try #require(
      metrics.firstMatch(of: /tocsin_database_retries_total\{reason="connection"\} (\d+)/), "\(metrics)")
    #expect(Int(retries.1) ?? 0 > 0)
    #expect(metrics.contains("tocsin_database_retries_total{reason=\"conflict\"} 0"))
    #expect(metrics.contains("tocsin_database_commits_in_doubt_total{outcome=\"unknown\"} 0"))
    running.signal(SIGTERM)
    let ended = try await running.end()
    #expect(ended.status == 0)
    #expect(!(ended.output + ended.talk).contains("s3cret"))
    let name = try MariaDBAddress(address).database
    #expect(try server.sql("SELECT DedupKey FROM data_alert ORDER BY DedupKey", in: name) == "a\nb\n")
  }

  @Test func `where no server answers, a command says so in one sentence`() async throws {
    let port = try await DebianPeer.freePort()
    let tocsin = Program(["TOCSIN_DATABASE": "mariadb://tocsin:s3cret@127.0.0.1:\(port)/tocsin"])
    let ended = try await tocsin.run("list-incidents")
    #expect(ended.status != 0 && ended.talk.contains("cannot be reached"), "\(ended.talk)")
    #expect(!ended.talk.contains("s3cret"))
  }
}
