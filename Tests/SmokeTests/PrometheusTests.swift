import Foundation
import TestSupport
import Testing

/// Debian's Prometheus, and its own judge of metrics.
@Suite(.serialized) struct PrometheusTests {
  @Test func `Promtool finds no fault, and Prometheus collects the right values`() async throws {
    let tocsin = Program([
      "TOCSIN_CHANNELS_WEBHOOK_URL": "http://127.0.0.1:1/", "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:1",
      "TOCSIN_CHANNELS_EMAIL_FROM": "a@example.com", "TOCSIN_CHANNELS_EMAIL_DEFAULT_TARGET": "b@example.com",
    ])
    #expect(
      try await tocsin.run("set-notify-rule", "INCIDENT_CRITICAL", "--name", "x", "--channels", "EMAIL").status == 0)
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    for alert in ["a", "b"] { #expect(try await AlertSender(server: server).send(alert) == 200) }
    let page = try await eventually("a first attempt failed") { () -> String? in
      let text = try await Scraper(server: server).get("/metrics").text
      return text.contains(/tocsin_messages_total\{channel="EMAIL",outcome="retried"\} [1-9]/) ? text : nil
    }
    let verdict = try await tocsin.run(program: DebianPeer.path("promtool"), ["check", "metrics"], input: page)
    #expect(verdict.status == 0 && (verdict.output + verdict.talk).isEmpty, "\(verdict.output)\(verdict.talk)")

    let prometheus = try await Prometheus(tocsin, target: server)
    #expect(try await prometheus.value(#"tocsin_open_incidents{severity="CRITICAL",status="CREATED"}"#) == 2)
    #expect(try await prometheus.value("sum(tocsin_open_incidents)") == 2)
    #expect(try await prometheus.value(#"sum(tocsin_alerts_received_total{outcome="opened"})"#) == 2)
    #expect(try await prometheus.value(#"tocsin_outbox_messages{channel="EMAIL"}"#) == 2)
    #expect(try await prometheus.value("tocsin_database_up") == 1)
    #expect(try await prometheus.value(#"sum(tocsin_http_requests_total{route="/in/alertmanager",status="200"})"#) == 2)
    let started = try await prometheus.value("process_start_time_seconds")
    #expect(abs(started - Date().timeIntervalSince1970) < 600)
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  /// Failure: a proxy on this machine, or a web page with a name that leads here, reads what only this machine may.
  @Test(arguments: [
    ([], 200), ([("x-forwarded-for", "1.2.3.4")], 401), ([("forwarded", "for=1.2.3.4")], 401),
    ([("x-forwarded-proto", "https")], 401), ([("host", "evil.example:8420")], 401), ([("host", "localhost")], 200),
    ([("origin", "https://evil.example")], 401), ([("sec-fetch-site", "cross-site")], 401),
    ([("authorization", "Bearer tocsin_wrong")], 401),
  ])
  func `A program of this machine needs no token for metrics, and nobody else is taken for one`(
    _ headers: [(String, String)], _ status: Int
  ) async throws {
    let tocsin = Program()
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let scraper = Scraper(server: try await running.waitFor(/address +(http\S+)/))
    #expect(try await scraper.get("/metrics", headers).status == status)
    let viewer = try await tocsin.run("create-token", "--name", "prometheus", "--role", "viewer").line
    let token = headers.filter { $0.0 != "authorization" } + [("authorization", "Bearer \(viewer)")]
    #expect(try await scraper.get("/metrics", token).status == 200)
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }
}

/// Debian's Prometheus, which collects every second.
private struct Prometheus {
  private let process: RunningProgram
  private let scraper: Scraper

  init(_ tocsin: Program, target: String) async throws {
    let configuration = try tocsin.scratch.write(
      "prometheus.yml",
      """
      global: {scrape_interval: 1s}
      scrape_configs:
        - job_name: tocsin
          static_configs: [{targets: ["\(target.replacing("http://", with: ""))"]}]
      """)
    let port = try await DebianPeer.freePort()
    scraper = Scraper(server: "http://127.0.0.1:\(port)")
    process = try tocsin.start(
      program: DebianPeer.path("prometheus"),
      [
        "--config.file=\(configuration)", "--storage.tsdb.path=\(tocsin.scratch.file("prometheus"))",
        "--web.listen-address=127.0.0.1:\(port)",
      ])
  }

  /// The single value of a query, as soon as there is one.
  func value(_ query: String) async throws -> Double {
    let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return try await eventually("Prometheus knows \(query); it said: \(process.talk.suffix(500))", within: 40) {
      guard let answer = try? await scraper.get("/api/v1/query?query=\(escaped)").json(),
        let data = answer["data"] as? [String: Any], let results = data["result"] as? [[String: Any]],
        results.count == 1, let pair = results[0]["value"] as? [Any], let text = pair.last as? String
      else { return nil }
      return Double(text)
    }
  }
}
