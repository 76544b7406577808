import Foundation
import TestSupport
import Testing

/// The user's own documentation runs as it stands: every code block of it, in order, against a live server.
@Suite(.serialized) struct PythonClientTests {
  /// What is not run, and why. Everything else that looks like code is.
  private static let notRun = [
    "pytest resource.test/": "the tests of Axion's own module, which we do not have",
    "CREATE TABLE data_incident_communication": "the table is there already; StorageTests and TocsinTests hold its DDL",
    "INSERT INTO def_notify": "run before the server starts, because blocks that stand above it need it",
  ]

  /// What the Python blocks print, by line; the others print nothing. A REF and a time are new each time.
  private static let printed: [String: [Int: String]] = [
    "ObjAlertIncident": [
      109: #"Sent: 3, Failed: 0\n"#,
      119: #"Logged as: REF-\d{8}-[A-Z0-9]{3}\n"#,
      149: #"Channel: SLACK\nIncident: Replica lag\nSeverity: CRITICAL\n"#,
      184: #"[\s\S]*Database Connection Pool Exhausted[\s\S]*Called on-call engineer to escalate[\s\S]*"#,
      211: #"Total: 3\nCritical: 2\nAvg resolution: 2\.5h\n"#,
      267: #"Incident: incident-C\nTitle: Replica lag\nSeverity: CRITICAL\nStatus: CLOSED\n"#,
    ],
    "AlertsAndIncidents": [
      25: #"Created incident: [0-9a-f-]{36}\n"#,
      60: #"(Alert: alert-guid-[123] linked at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n){3}"#,
      87: #"Notifications sent: 3, failed: 0\n"#,
      98: #"REF-\d{8}-[A-Z0-9]{3}: SLACK - SENT\nMessage sent via SLACK to #ops\nIncident: Replica lag \(CRITICAL\)\n"#
        + #"Logged communication: REF-\d{8}-[A-Z0-9]{3}\n"#,
      165: #"Total incidents: 3\nAverage resolution time: 2\.5 hours\n"#
        + #"By severity: \{'CRITICAL': 2, 'HIGH': 1, 'LOW': 0, 'MEDIUM': 0\}\n"#
        + #"By status: \{'CLOSED': 2, 'CREATED': 0, 'INVESTIGATING': 1, 'MONITORING': 0\}\n"#
        + #"[\s\S]*Fixed connection leak and restarted service[\s\S]*"#,
    ],
  ]

  /// What the commands print, by what they begin with after `python factory.core/ObjAlertIncident.py `.
  private static let shown: [(command: String, output: String)] = [
    ("create-incident", #"[\s\S]*\nTitle\tDatabase Down\n[\s\S]*"#),
    ("list-incidents --status INVESTIGATING", #"(\S+\t\S+\t\S+\tINVESTIGATING\t.*\n)+"#),
    ("list-incidents --severity CRITICAL", #"(\S+\t\S+\tCRITICAL\t.*\n)+"#),
    ("list-incidents", #"([^\t\n]+\t[^\t\n]+\t(CRITICAL|HIGH)\t.*\n){5}"#),
    ("get-incident", #"[\s\S]*\nTitle\tDatabase Connection Pool Exhausted\n[\s\S]*"#),
    ("notify-incident", #"sent\t3\nfailed\t0\npending\t0\n"#),
    ("list-communications <incident-guid> --channel PAGERDUTY", #"(REF-\S+\tPAGERDUTY\tOUTBOUND\tSENT\t.*\n)+"#),
    ("list-communications", #"(REF-\S+\t[A-Z]+\tOUTBOUND\tSENT\t.*\n){4,}"#),
    ("lookup-ref", #"[\s\S]*\nIncidentTitle\tReplica lag\n[\s\S]*"#),
  ]

  @Test(arguments: [("ObjAlertIncident", ""), ("AlertsAndIncidents", "-guid")])
  func `Every code block of the seed runs unchanged`(_ seed: String, _ suffix: String) async throws {
    let client = try await PythonClient()
    try await SeedServer.with(suffix: suffix) { server in
      let blocks = try SeedBlock.all(of: seed)
      let toRun = blocks.filter { block in !Self.notRun.keys.contains { block.code.hasPrefix($0) } }
      #expect(toRun.allSatisfy { $0.kind != .sql })
      let ran = try await client.run(toRun, server: server.url, token: server.token)
      #expect(ran.map(\.line) == toRun.map(\.line), "it stopped: \(ran.last?.error ?? "")")
      for block in ran { expectWhatIsSaid(block, seed) }
      try await expectTheRecord(of: seed, on: server, suffix)
    }
  }

  private func expectWhatIsSaid(_ block: SeedBlock, _ seed: String) {
    let output = block.output ?? ""
    #expect(block.status == 0, "\(seed), line \(block.line): \(output)\n\(block.error ?? "")")
    let pattern: String?
    if block.kind == .python {
      pattern = Self.printed[seed]?[block.line] ?? ""
    } else {
      let command = block.code.replacing("\\\n", with: "").split(separator: " ").dropFirst(2).joined(separator: " ")
      pattern = Self.shown.first { command.hasPrefix($0.command) }?.output
    }
    let isAsSaid = pattern.map {
      output.range(of: "^(?:\($0))$", options: .regularExpression) == output.startIndex..<output.endIndex
    }
    #expect(isAsSaid == true, "\(seed), line \(block.line) printed: \(output)")
  }

  /// What the seed did stands in the database, under the names of those who did it.
  private func expectTheRecord(of seed: String, on server: SeedServer, _ suffix: String) async throws {
    let tocsin = server.tocsin
    #expect(try await tocsin.run("verify-timeline").status == 0)
    let source = try await tocsin.run("get-incident", "incident-B\(suffix)", "--json").object()
    #expect(source["merged_into_guid"] as? String == "incident-A\(suffix)")
    #expect(source["closed_by"] as? String == "admin")
    #expect(try await tocsin.run("list-alerts", "incident-A\(suffix)", "-q").line == "alert-B")
    #expect(try await tocsin.run("list-notes", "incident-A\(suffix)", "-q").line == "note-B")

    let worked = try await tocsin.run("list-incidents", "--package", "WEBAPI", "-q").line
    let events = try await tocsin.run("show-timeline", worked, "--json").objects()
    let told = ["NOTIFICATION_SENT", "REPORT_EMAILED"]
    #expect(
      events.compactMap { $0["event_type"] as? String }.filter { !told.contains($0) } == [
        "INCIDENT_CREATED", "STATUS_CHANGE", "NOTE_ADDED", "NOTE_ADDED", "NOTE_ADDED", "STATUS_CHANGE",
        "INCIDENT_CLOSED",
      ])
    let actors = seed == "ObjAlertIncident" ? ["axion"] : ["axion", "MONITORING_SYSTEM", "engineer1", "dba1"]
    #expect(Set(events.compactMap { $0["created_by"] as? String }) == Set(actors))

    let recipients = Set(try server.mail.mails.flatMap(\.recipients))
    #expect(recipients.isSuperset(of: ["manager@example.com", "product-owner@example.com", "team@example.com"]))
    if seed == "AlertsAndIncidents" {
      #expect(recipients.contains("dba@example.com"))
      let query = "SELECT Message FROM data_incident_communication WHERE Recipient = 'dba@example.com'"
      let custom = try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, query]).output
      #expect(custom.contains("INCIDENT ALERT\n==============\nTitle: Database Connection Pool Exhausted"), "\(custom)")
    }
  }

  @Test(arguments: [
    ["-m", "unittest"], ["-m", "mypy", "--cache-dir", "/dev/null"], ["-m", "ruff", "check", "--no-cache"],
    ["-m", "ruff", "format", "--check", "--no-cache"],
  ])
  func `The module's own tests, its types and its style are in order`(_ arguments: [String]) async throws {
    let ended = try await Program(["PYTHONDONTWRITEBYTECODE": "1"]).run(
      program: "/usr/bin/env", ["-C", PythonClient.source, PythonVenv.python().path] + arguments)
    #expect(ended.status == 0, "\(ended.output)\n\(ended.talk)")
  }
}
