import Foundation
import TestSupport
import Testing

/// Debian's Prometheus and amtool, with Tocsin as their Alertmanager.
@Suite(.serialized) struct PrometheusAlertsTests {
  /// Failure: a restart of either side opens a second incident, or loses the end.
  @Test func `A rule that fires opens one incident, whoever is restarted, and its end is noted`() async throws {
    let port = try await DebianPeer.freePort()
    let tocsin = Program()
    let token = try await tocsin.run("create-token", "--name", "prometheus", "--role", "ingest").line
    var server = try tocsin.start("serve", "--listen", "127.0.0.1:\(port)")
    _ = try await server.waitFor(/address +(http\S+)/)
    // What it scrapes is not there: `up` is 0, until a Tocsin of its own listens.
    let target = try await DebianPeer.freePort()
    let own = try await DebianPeer.freePort()
    func prometheus() throws -> RunningProgram {
      try Self.prometheus(tocsin, token: token, tocsinPort: port, target: target, own: own)
    }
    var sender = try prometheus()
    let id = try await eventually("the rule opened an incident; \(sender.talk.suffix(300))", within: 60) {
      try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").first.map(String.init)
    }
    let incident = try await tocsin.run("get-incident", id, "--json").object()
    #expect(incident["title"] as? String == "target 127.0.0.1:\(target) is down")
    #expect(incident["severity"] as? String == "CRITICAL")

    server.signal(SIGKILL)
    _ = try await server.end()
    server = try tocsin.start("serve", "--listen", "127.0.0.1:\(port)")
    _ = try await server.waitFor(/address +(http\S+)/)
    try await Self.repeated(tocsin)
    sender.signal(SIGKILL)
    _ = try await sender.end()
    sender = try prometheus()
    try await Self.repeated(tocsin)
    #expect(try await Self.events(of: id, tocsin) == ["INCIDENT_CREATED", "ALERT_LINKED"])

    let up = Program()
    let scraped = try up.start("serve", "--listen", "127.0.0.1:\(target)")
    _ = try await scraped.waitFor(/address +(http\S+)/)
    _ = try await eventually("its end is noted", within: 60) {
      try await Self.events(of: id, tocsin).contains("ALERT_RESOLVED") ? true : nil
    }
    #expect(try await Self.events(of: id, tocsin) == ["INCIDENT_CREATED", "ALERT_LINKED", "ALERT_RESOLVED"])
    #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 1)
    #expect(try await tocsin.run("list-alerts", "-q").output.split(separator: "\n").count == 1)
    for process in [sender, scraped, server] { process.signal(SIGTERM) }
    #expect(try await server.end().status == 0)
  }

  @Test func `Amtool adds and finds alerts, and makes, finds and ends silences`() async throws {
    let tocsin = Program()
    let token = try await tocsin.run("create-token", "--name", "amtool", "--role", "responder").line
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let address = try await server.waitFor(/address +(http\S+)/)
    let url = address.replacing("http://", with: "http://amtool:\(token)@") + "/in/alertmanager"
    func amtool(_ words: String...) async throws -> Ended {
      try await tocsin.run(
        program: DebianPeer.path("amtool"), ["--alertmanager.url=\(url)", "--no-version-check"] + words)
    }
    let silence = try await amtool(
      "silence", "add", "--author=ana", "--comment=Kernel update", "--duration=1h", "alertname=DiskFull", "host=~db.*")
    #expect(silence.status == 0, "\(silence.talk)")
    let id = silence.line
    #expect(try await amtool("alert", "add", "DiskFull", "severity=critical", "host=db1").status == 0)
    #expect(try await amtool("alert", "add", "DiskFull", "severity=critical", "host=web1").status == 0)
    #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 1)
    let active = try await amtool("alert", "query", "-o", "json").objects()
    #expect(active.count == 1 && (active[0]["labels"] as? [String: String])?["host"] == "web1")
    let held = try await amtool("alert", "query", "--silenced", "-o", "json", "host=db1").objects()
    let status = held.first?["status"] as? [String: Any]
    #expect(status?["state"] as? String == "suppressed" && status?["silencedBy"] as? [String] == [id])
    let found = try await amtool("silence", "query", "-o", "json", "alertname=DiskFull").objects()
    #expect(found.map { $0["id"] as? String } == [id] && found[0]["createdBy"] as? String == "amtool: ana")
    #expect(try await amtool("silence", "update", "--duration=2h", "--comment=Longer", id).status == 0)
    #expect(try await tocsin.run("list-silences", "-q").line == id)
    #expect(try await amtool("silence", "expire", id).status == 0)
    // What still fires is told of now.
    _ = try await eventually("the silenced alert joined its group's incident") {
      try await tocsin.run("list-alerts", tocsin.run("list-incidents", "-q").line, "-q").output
        .split(separator: "\n").count == 2 ? true : nil
    }
    #expect(try await amtool("silence", "query", "-q").line.isEmpty)
    #expect(try await amtool("silence", "query", "--expired", "-q").line == id)
    let config = try await amtool("config", "show")
    #expect(config.status == 0 && config.output.contains("receiver: tocsin"), "\(config.talk)")
    server.signal(SIGTERM)
    #expect(try await server.end().status == 0)
  }

  /// Failure: Prometheus and Alertmanager know one alert by another name than Tocsin does.
  @Test func `Alertmanager's fingerprints are Tocsin's`() async throws {
    let tocsin = Program()
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let address = try await server.waitFor(/address +(http\S+)/)
    let token = try await tocsin.run("create-token", "--name", "amtool", "--role", "responder").line
    let port = try await DebianPeer.freePort()
    let configuration = try tocsin.scratch.write(
      "alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}]\n")
    let peer = try tocsin.start(
      program: DebianPeer.path("prometheus-alertmanager"),
      [
        "--config.file=\(configuration)", "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        "--storage.path=\(tocsin.scratch.file("alertmanager"))",
      ])
    let urls = [
      "http://127.0.0.1:\(port)", address.replacing("http://", with: "http://amtool:\(token)@") + "/in/alertmanager",
    ]
    var found: [[String]] = []
    for url in urls {
      func amtool(_ words: [String]) async throws -> Ended {
        try await tocsin.run(
          program: DebianPeer.path("amtool"), ["--alertmanager.url=\(url)", "--no-version-check"] + words)
      }
      _ = try await eventually("\(url) answers") { try await amtool(["alert", "query"]).status == 0 ? true : nil }
      for labels in [["A", "host=db1"], ["Ünï\u{1F4A5}", "b=x y", "a=1"], ["C", "z=", "B=2", "a=3"]] {
        #expect(try await amtool(["alert", "add"] + labels).status == 0)
      }
      let alerts = try await amtool(["alert", "query", "-o", "json"]).objects()
      found.append(alerts.compactMap { $0["fingerprint"] as? String }.sorted())
    }
    #expect(found[0].count == 3 && found[0] == found[1])
    peer.signal(SIGTERM)
    server.signal(SIGTERM)
    #expect(try await server.end().status == 0)
  }

  /// Waits until Prometheus has sent the alert once more.
  private static func repeated(_ tocsin: Program) async throws {
    func count() async throws -> Int {
      try await tocsin.run("list-alerts", "--json").objects().first?["count"] as? Int ?? 0
    }
    let before = try await count()
    _ = try await eventually("the alert is repeated", within: 60) { try await count() > before ? true : nil }
  }

  private static func events(of id: String, _ tocsin: Program) async throws -> [String] {
    try await tocsin.run("show-timeline", id, "--json").objects().compactMap { $0["event_type"] as? String }
  }

  /// An alert that it does not repeat counts as over after four times the delay: longer than a restart takes.
  private static func prometheus(
    _ tocsin: Program, token: String, tocsinPort: Int, target: Int, own: Int
  ) throws -> RunningProgram {
    let rules = try tocsin.scratch.write(
      "rules.yml",
      """
      groups:
        - name: tests
          rules:
            - alert: TargetDown
              expr: up == 0
              labels: {severity: critical}
              annotations: {summary: "target {{ $labels.instance }} is down"}
      """)
    let configuration = try tocsin.scratch.write(
      "prometheus.yml",
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: ["\(rules)"]
      scrape_configs:
        - job_name: target
          static_configs: [{targets: ["127.0.0.1:\(target)"]}]
      alerting:
        alertmanagers:
          - path_prefix: /in/alertmanager
            api_version: v2
            authorization: {credentials: "\(token)"}
            static_configs: [{targets: ["127.0.0.1:\(tocsinPort)"]}]
      """)
    return try tocsin.start(
      program: DebianPeer.path("prometheus"),
      [
        "--config.file=\(configuration)", "--storage.tsdb.path=\(tocsin.scratch.file("prometheus"))",
        "--web.listen-address=127.0.0.1:\(own)", "--rules.alert.resend-delay=8s",
      ])
  }
}
