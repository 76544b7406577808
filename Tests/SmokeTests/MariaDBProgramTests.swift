import Foundation
import StorageMariaDB
import TestSupport
import Testing

/// The built program on a real MariaDB.
@Suite struct MariaDBProgramTests {
  /// To the letter as the seeds have it.
  private static let seedInsert = """
    -- Example: Critical incident notification to multiple channels
    INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels)
    VALUES (
    'INCIDENT_CRITICAL',
    'Critical Incident Alert',
    'PAGERDUTY,SLACK,SMS'
    );
    """

  /// Failure: the seeds have their table made by hand, with the server's own ideas of modes and character sets, and what
  /// Tocsin makes is another one.
  @Test
  func `the seeds' table runs in the operator's client, and Tocsin's has all of its columns, defaults and indexes`()
    async throws
  {
    let server = try await MariaDBServer.shared()
    let (theirs, ours) = (
      try MariaDBAddress(server.makeDatabase()).database, try MariaDBAddress(server.makeDatabase()).database
    )
    for name in [theirs, ours] {
      #expect(try await Program(["TOCSIN_DATABASE": server.address(name)]).run("migrate").status == 0)
    }
    _ = try server.sql(
      "SET foreign_key_checks = 0; DROP TABLE data_incident_communication; SET foreign_key_checks = 1", in: theirs)
    // Texts compare as in Tocsin's tables, or nothing can refer to them.
    _ = try server.sql("ALTER DATABASE \(theirs) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", in: theirs)
    _ = try server.sql(SeedTable.communication, in: theirs)
    let queries = [
      "SELECT column_name, data_type, character_maximum_length, column_type, is_nullable FROM information_schema.columns "
        + "WHERE data_type NOT IN ('text', 'mediumtext', 'datetime') AND",
      "SELECT column_name, replace(column_default, '(3)', '()') FROM information_schema.columns WHERE",
      "SELECT index_name, column_name, seq_in_index FROM information_schema.statistics WHERE",
      "SELECT referenced_table_name, delete_rule FROM information_schema.referential_constraints WHERE",
    ]
    for query in queries {
      let schema = query.contains("referential") ? "constraint_schema" : "table_schema"
      let lines = try [theirs, ours].map { name in
        let table = "\(schema) = '\(name)' AND table_name = 'data_incident_communication'"
        return Set(try server.sql("\(query) \(table)", in: name).split(separator: "\n").map(String.init))
      }
      #expect(!lines[0].isEmpty && lines[0].isSubset(of: lines[1]), "\(lines[0].subtracting(lines[1]))")
    }
    // And it works: what Tocsin never wrote is in the lists, and found.
    _ = try server.sql(
      """
      INSERT INTO data_incident (IncidentGuid, Title, Severity, Status, Package, CreatedAt)
      VALUES ('incident-1', 'By hand', 'HIGH', 'CREATED', 'DB', '2025-12-29 10:00:00');
      INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Message)
      VALUES ('c-1', 'incident-1', 'REF-20251229-A7K', 'PHONE', 'elephant');
      """, in: ours)
    let tocsin = Program(["TOCSIN_DATABASE": server.address(ours)])
    let found = try await tocsin.run("list-incidents", "--search", "elephant", "-q")
    #expect(found.line == "incident-1", "\(found.talk)")
    let located = try await tocsin.run("lookup-ref", "REF-20251229-A7K", "--json").object()
    #expect(located["incident_title"] as? String == "By hand" && located["status"] as? String == "SENT")
  }

  /// Failure: a server keeps the rules that it has read, or reads only those that it has written itself.
  @Test func `a rule inserted by hand while the server runs is used by its next notification, and really sent`()
    async throws
  {
    let server = try await MariaDBServer.shared()
    let address = try server.makeDatabase()
    let name = try MariaDBAddress(address).database
    let (key, pagerDuty) = (String(repeating: "a", count: 32), FakePagerDuty(keys: String(repeating: "a", count: 32)))
    try await pagerDuty.serve { pager in
      try await HTTPReceiver.with({ _ in .status(200, body: "ok") }) { slack in
        let tocsin = Program([
          "TOCSIN_DATABASE": address, "TOCSIN_CHANNELS_PAGERDUTY_ROUTING_KEY": key,
          "TOCSIN_CHANNELS_PAGERDUTY_BASE_URL": "http://127.0.0.1:\(pager.port)",
          "TOCSIN_CHANNELS_SLACK_WEBHOOK_URL": "http://127.0.0.1:\(slack.port)/hook",
        ])
        try await Self.insertAndNotify(tocsin, name) {
          (pagerDuty.events.count, slack.requests.map { String(decoding: $0.body, as: UTF8.self) })
        }
      }
    }
  }

  private static func insertAndNotify(
    _ tocsin: Program, _ name: String, _ received: () -> (pages: Int, posts: [String])
  ) async throws {
    let server = try await MariaDBServer.shared()
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let url = try await running.waitFor(/address +(http\S+)/)
    let token = try await tocsin.run("create-token", "--name", "t", "--role", "responder", "-q").line
    let client = Program(["TOCSIN_SERVER": url, "TOCSIN_TOKEN": token, "TOCSIN_DATABASE": ""])
    let created = try await client.run(
      "create-incident", "--title", "Database Down", "--severity", "CRITICAL", "--package", "DATABASE", "-q")
    #expect(created.status == 0, "\(created.talk)")
    let before = try await client.run("notify-incident", created.line, "INCIDENT_CRITICAL")
    #expect(before.status == 3 && received().pages == 0 && received().posts.isEmpty, "\(before.talk)")
    _ = try server.sql(seedInsert, in: name)
    #expect(
      try server.sql("SELECT NotifyName, NotifyChannels FROM def_notify", in: name)
        == "Critical Incident Alert\tPAGERDUTY,SLACK,SMS\n")
    let told = try await client.run("notify-incident", created.line, "INCIDENT_CRITICAL", "--json").object()
    // There is no SMS here.
    #expect(told["sent"] as? Int == 2 && told["failed"] as? Int == 1, "\(told)")
    #expect(received().pages == 1 && received().posts.count == 1)
    #expect(received().posts.allSatisfy { $0.contains("Database Down") && $0.contains("REF-") })
    // What is changed by hand is used by the next one, too.
    _ = try server.sql("UPDATE def_notify SET NotifyChannels = 'SLACK'", in: name)
    let again = try await client.run("notify-incident", created.line, "INCIDENT_CRITICAL", "--json").object()
    #expect(again["sent"] as? Int == 1 && again["failed"] as? Int == 0, "\(again)")
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

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
    _ = try server.sql(Self.seedInsert, in: name)
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
