import Foundation
import Storage
import TestSupport
import Testing

/// The main job, on real input: Debian's Alertmanager sends, a real SMTP server receives.
@Suite(.serialized) struct AlertmanagerTests {
  @Test func `From a real alert to a mailed report`() async throws {
    try await SMTPServer.with { mail in
      let tocsin = Self.tocsin(mail)
      try await Self.ok(
        tocsin, "set-notify-rule", "INCIDENT_CRITICAL", "--name", "Critical", "--channels", "EMAIL:oncall@example.com")
      let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let url = try await server.waitFor(/address +(http\S+)/)
      let alertmanager = try await Alertmanager(tocsin, webhook: url + "/in/alertmanager")

      // An alert opens an incident and sends a mail with a reference.
      try await alertmanager.add(["DiskFull", "severity=critical", "service=DATABASE", "host=db1"])
      let id = try await eventually("the alert opened an incident") {
        try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").first.map(String.init)
      }
      let incident = try await tocsin.run("get-incident", id, "--json").object()
      #expect(incident["title"] as? String == "Disk full on db1")
      #expect(incident["severity"] as? String == "CRITICAL")
      #expect(incident["package"] as? String == "DATABASE")
      #expect(try await tocsin.run("list-alerts", id, "-q").output.split(separator: "\n").count == 1)
      let page = try await Self.mail(mail, 0)
      #expect(page.recipients == ["oncall@example.com"])
      let subject = try #require(try ReadMail(page.raw).values("subject").first)
      let ref = try #require(subject.firstMatch(of: /REF-\d{8}-[A-Z0-9]{3,7}/)).0
      #expect(subject.hasPrefix("[CRITICAL] Disk full on db1"))

      // The reference leads back; the alert resolves; the report goes out.
      let located = try await tocsin.run("lookup-ref", String(ref), "--json").object()
      #expect(located["incident_guid"] as? String == id)
      #expect(located["status"] as? String == "SENT")
      try await alertmanager.resolve(["DiskFull", "severity=critical", "service=DATABASE", "host=db1"])
      try await Self.event("ALERT_RESOLVED", of: id, tocsin)
      try await Self.ok(tocsin, "close-incident", id, "--resolution-summary", "Grew the disk")
      try await Self.ok(tocsin, "email-report", id, "--to", "manager@example.com")
      let reports = [try await Self.mail(mail, 1), try await Self.mail(mail, 2)]
      #expect(Set(reports.flatMap(\.recipients)) == ["team@example.com", "manager@example.com"])
      let report = try ReadMail(reports[0].raw)
      #expect(report.types.contains("text/html") && report.types.contains("text/plain"))
      #expect(report.bodies.allSatisfy { $0.contains("Grew the disk") && $0.contains(String(ref)) })

      let events = try await Self.events(of: id, tocsin)
      #expect(
        events == [
          "INCIDENT_CREATED", "ALERT_LINKED", "NOTIFICATION_SENT", "ALERT_RESOLVED", "INCIDENT_CLOSED",
          "REPORT_EMAILED", "REPORT_EMAILED",
        ])
      #expect(try await tocsin.run("verify-timeline").status == 0)
      #expect(try mail.mails.count == 3)
      server.signal(SIGTERM)
      #expect(try await server.end().status == 0)
    }
  }

  @Test func `Alerts of one group share an incident, and its rule closes it when the last resolves`() async throws {
    try await SMTPServer.with { mail in
      var tocsin = Self.tocsin(mail)
      tocsin.environment["TOCSIN_CONFIG"] = try tocsin.scratch.write(
        "tocsin.yaml",
        """
        rules:
          - match: [team=dba]
            group_by: [cluster]
            package: DATABASE
            close_when_resolved: true
        """)
      let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let url = try await server.waitFor(/address +(http\S+)/)
      let alertmanager = try await Alertmanager(tocsin, webhook: url + "/in/alertmanager")
      let alerts = ["DiskFull", "PoolExhausted", "ReplicaLag"].map { [$0, "severity=high", "team=dba", "cluster=c1"] }
      for alert in alerts { try await alertmanager.add(alert) }
      let id = try await eventually("three alerts share an incident") { () -> String? in
        guard let id = try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").first else {
          return nil
        }
        let count = try await tocsin.run("list-alerts", String(id), "-q").output.split(separator: "\n").count
        return count == 3 ? String(id) : nil
      }
      for alert in alerts { try await alertmanager.resolve(alert) }
      try await Self.event("INCIDENT_CLOSED", of: id, tocsin)
      #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 1)
      #expect(try await Self.events(of: id, tocsin).count { $0 == "ALERT_RESOLVED" } == 3)
      server.signal(SIGTERM)
      #expect(try await server.end().status == 0)
    }
  }

  /// Failure: the mail server is down when the page is due, and Tocsin is killed before it comes back.
  @Test func `A page that could not be sent before a kill is sent after it, once, with the same reference`()
    async throws
  {
    let port = try await DebianPeer.freePort()
    var tocsin = Program([
      "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:\(port)", "TOCSIN_CHANNELS_EMAIL_FROM": "tocsin@example.com",
    ])
    try await Self.ok(
      tocsin, "set-notify-rule", "INCIDENT_CRITICAL", "--name", "Critical", "--channels", "EMAIL:oncall@example.com")
    let first = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await first.waitFor(/address +(http\S+)/))
    #expect(try await sender.send("lost?") == 200)
    let id = try await tocsin.run("list-incidents", "-q").line
    let ref = try await eventually("a first attempt failed") { () -> String? in
      let message = try await tocsin.run("list-communications", id, "--json").objects().first
      return message?["error_message"] is String ? message?["short_ref"] as? String : nil
    }
    first.signal(SIGKILL)
    _ = try await first.end()

    try await SMTPServer.with { mail in
      tocsin.environment["TOCSIN_CHANNELS_EMAIL_URL"] = "smtp://127.0.0.1:\(mail.port)"
      let second = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let page = try await Self.mail(mail, 0)
      #expect(try ReadMail(page.raw).values("subject").first?.contains(ref) == true)
      try await Self.event("NOTIFICATION_SENT", of: id, tocsin)
      #expect(try mail.mails.count == 1)
      second.signal(SIGTERM)
      #expect(try await second.end().status == 0)
    }
  }

  private static func tocsin(_ mail: SMTPServer) -> Program {
    Program([
      "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:\(mail.port)",
      "TOCSIN_CHANNELS_EMAIL_FROM": "Tocsin <tocsin@example.com>", "TOCSIN_REPORTS_RECIPIENTS": "team@example.com",
    ])
  }

  private static func mail(_ server: SMTPServer, _ index: Int) async throws -> SMTPServer.Mail {
    try await eventually("mail \(index + 1) arrived") {
      let mails = try server.mails
      return mails.count > index ? mails[index] : nil
    }
  }

  private static func events(of id: String, _ tocsin: Program) async throws -> [String] {
    try await tocsin.run("show-timeline", id, "--json").objects().compactMap { $0["event_type"] as? String }
  }

  private static func event(_ type: String, of id: String, _ tocsin: Program) async throws {
    _ = try await eventually("\(type) is on the timeline") {
      try await events(of: id, tocsin).contains(type) ? true : nil
    }
  }

  private static func ok(_ tocsin: Program, _ arguments: String...) async throws {
    let ended = try await tocsin.run(arguments)
    #expect(ended.status == 0, "\(arguments): \(ended.talk)")
  }
}

/// Debian's Alertmanager with one webhook receiver, driven by amtool.
private struct Alertmanager {
  private let tocsin: Program
  private let process: RunningProgram
  private let url: String

  init(_ tocsin: Program, webhook: String) async throws {
    self.tocsin = tocsin
    let configuration = try tocsin.scratch.write(
      "alertmanager.yml",
      """
      route: {receiver: tocsin, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
      receivers:
        - name: tocsin
          webhook_configs: [{url: "\(webhook)", send_resolved: true}]
      """)
    let port = try await DebianPeer.freePort()
    url = "http://127.0.0.1:\(port)"
    process = try tocsin.start(
      program: DebianPeer.path("prometheus-alertmanager"),
      [
        "--config.file=\(configuration)", "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        "--storage.path=\(tocsin.scratch.file("alertmanager"))",
      ])
    _ = try await eventually("Alertmanager answers") { try await amtool(["alert", "query"]) == 0 ? true : nil }
  }

  func add(_ labels: [String]) async throws {
    let summary = "--annotation=summary=Disk full on db1"
    #expect(try await amtool(["alert", "add", summary] + labels) == 0)
  }

  func resolve(_ labels: [String]) async throws {
    let end = UTC.rfc3339(Date())
    #expect(try await amtool(["alert", "add", "--end=\(end)"] + labels) == 0)
  }

  private func amtool(_ arguments: [String]) async throws -> Int32 {
    try await tocsin.run(program: DebianPeer.path("amtool"), ["--alertmanager.url=\(url)"] + arguments).status
  }
}
