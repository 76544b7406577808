import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct RequestLogTests {
  private static let canary = "c4n4ry"

  @Test func `Each request is one line, under the id that its answer has`() async throws {
    let tocsin = Program()
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    let viewer = try await tocsin.run("create-token", "--name", "dash", "--role", "viewer").line
    let scraper = Scraper(server: server)
    let agent = String(repeating: "a", count: 300)
    let asked = try await scraper.get(
      "/api/v1/incidents?search=\(Self.canary)",
      [("authorization", "Bearer \(viewer)"), ("x-request-id", "mine-1"), ("user-agent", agent)])
    #expect(asked.status == 200)
    #expect(try await scraper.get("/nowhere", [("x-request-id", "mine-2")]).status == 404)
    #expect(try await scraper.get("/healthz", [("x-request-id", "mine-3")]).status == 200)
    #expect(try await scraper.get("/metrics", [("x-request-id", "mine-4")]).status == 200)
    var sender = AlertSender(
      server: server, token: try await tocsin.run("create-token", "--name", "am", "--role", "ingest").line)
    sender.headers = [("x-request-id", "mine-5")]
    #expect(try await sender.send("a") == 200)
    running.signal(SIGTERM)
    let lines = try await Self.lines(running.end().talk)

    let list = try #require(lines.first { $0["request_id"] as? String == "mine-1" })
    #expect(lines.count { $0["request_id"] as? String == "mine-1" } == 1)
    #expect(list["method"] as? String == "GET" && list["path"] as? String == "/api/v1/incidents")
    #expect(list["route"] as? String == "/api/v1/incidents" && list["status"] as? Int == 200)
    #expect(list["bytes"] as? Int == asked.text.utf8.count && list["ms"] is Double)
    #expect(list["who"] as? String == "dash" && list["client"] as? String == "127.0.0.1")
    #expect((list["agent"] as? String)?.count == 200 && list["level"] as? String == "info")
    #expect(list["time"] is String)
    let refused = try #require(lines.first { $0["request_id"] as? String == "mine-2" })
    #expect(refused["level"] as? String == "warning" && refused["route"] == nil && refused["error"] is String)
    // Probes come every few seconds, for ever.
    #expect(!lines.contains { ["mine-3", "mine-4"].contains($0["request_id"] as? String) })
    // The line of the intake, and that of the request.
    #expect(lines.count { $0["request_id"] as? String == "mine-5" } == 2)
  }

  @Test func `Behind a named proxy the log tells the client's address`() async throws {
    let tocsin = Program(["TOCSIN_TRUSTED_PROXIES": "127.0.0.1"])
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let scraper = Scraper(server: try await running.waitFor(/address +(http\S+)/))
    let headers = [("x-forwarded-for", "6.6.6.6, 203.0.113.9"), ("x-forwarded-proto", "https")]
    let answer = try await scraper.get("/nowhere", headers)
    #expect(answer.headers.contains { $0.0.lowercased() == "strict-transport-security" })
    running.signal(SIGTERM)
    let lines = try await Self.lines(running.end().talk)
    #expect(lines.contains { $0["client"] as? String == "203.0.113.9" && $0["status"] as? Int == 404 })
  }

  /// Failure: a secret, or a line that somebody forged, in what is shipped to a log server.
  @Test func `No secret and no forged line gets into log or metrics, whatever is sent`() async throws {
    let letters = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    let tocsin = Program([
      "TOCSIN_CHANNELS_SLACK_WEBHOOK_URL": "http://127.0.0.1:1/services/\(letters)",
      "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:1", "TOCSIN_CHANNELS_EMAIL_FROM": "a@example.com",
      "TOCSIN_CHANNELS_EMAIL_USERNAME": "tocsin", "TOCSIN_CHANNELS_EMAIL_PASSWORD": "pw-\(letters)",
      "TOCSIN_CHANNELS_WEBHOOK_URL": "http://127.0.0.1:1/hook/\(letters)?key=\(letters)",
      "TOCSIN_CHANNELS_WEBHOOK_SECRET": "whsec_\(letters)",
      "TOCSIN_CHANNELS_PAGERDUTY_ROUTING_KEY": letters, "TOCSIN_CHANNELS_PAGERDUTY_BASE_URL": "http://127.0.0.1:1",
    ])
    for code in ["INCIDENT_CRITICAL", "INCIDENT_HIGH"] {
      let channels = "SLACK,EMAIL:b@example.com,WEBHOOK,PAGERDUTY"
      #expect(try await tocsin.run("set-notify-rule", code, "--name", "x", "--channels", channels).status == 0)
    }
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    let admin = try await tocsin.run("create-token", "--name", "evil\"}", "--role", "admin").line
    #expect(try await AlertSender(server: server, token: admin).send("a") == 200)

    let port = try #require(server.split(separator: ":").last)
    for attack in Self.attacks(admin) {
      // By bash, so that no HTTP client puts the request right.
      let script = "exec 3<>/dev/tcp/127.0.0.1/\(port) && cat >&3 && timeout 5 cat <&3 >/dev/null; true"
      _ = try await tocsin.run(program: "/bin/bash", ["-c", script], input: attack)
    }
    let scraper = Scraper(server: server)
    let bearer = [("authorization", "Bearer \(admin)")]
    for path in ["/\(admin)", "/api/v1/incidents/\(admin)?token=\(letters)", "/api/v1/incidents?cursor=\(admin)"] {
      _ = try await scraper.get(path, bearer + [("user-agent", "x \(admin)"), ("referer", letters)])
    }
    _ = try await eventually("every channel was tried") {
      let page = try await scraper.get("/metrics").text
      return page.matches(of: /outcome="(?:retried|failed)"\} [1-9]/).count >= 4 ? true : nil
    }
    let metrics = try await scraper.get("/metrics").text
    let page = try await tocsin.run(program: DebianPeer.path("promtool"), ["check", "metrics"], input: metrics)
    #expect(page.status == 0, "\(page.talk)")
    running.signal(SIGTERM)
    let ended = try await running.end()
    let lines = try Self.lines(ended.talk)
    #expect(lines.count { $0["message"] as? String == "request" } >= Self.attacks(admin).count / 2)
    #expect(!lines.contains { $0["forged"] != nil })
    for text in [ended.output, ended.talk, metrics] {
      for secret in [letters, String(admin.dropFirst("tocsin_".count))] { #expect(!text.contains(secret)) }
      let unseen = text.unicodeScalars.filter { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
      #expect(unseen.isEmpty && !text.unicodeScalars.contains("\u{202E}"))
    }
  }

  /// Requests as bytes, with what is hostile where it can stand.
  private static func attacks(_ token: String) -> [String] {
    let end = "\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    let line = "%0d%0a%7B%22forged%22:1%7D%0a"
    return [
      "GET /\(line) HTTP/1.1\(end)", "GET /\u{1B}[2J HTTP/1.1\(end)", "GET /a\n{\"forged\":1} HTTP/1.1\(end)",
      "GET /%1b%5b2J%e2%80%ae?t=\(token) HTTP/1.1\(end)", "GET /\u{202E}x HTTP/1.1\(end)",
      "GET / HTTP/1.1\r\nuser-agent: \u{202E}\u{9B}31mx\(end)", "GET / HTTP/1.1\r\nuser-agent: a\n{\"forged\":1}\(end)",
      "GET / HTTP/1.1\r\nuser-agent: \\n{\"forged\":1}\(end)",
      "GET / HTTP/1.1\r\nx-request-id: \\n{\"forged\":1}\(end)",
      "GET / HTTP/1.1\r\nx-forwarded-for: {\"forged\":1}\(end)",
      "GET / HTTP/1.1\r\nauthorization: Basic \(token)\(end)",
      "GET /api/v1/incidents HTTP/1.1\r\nauthorization: Bearer x\(token)\(end)",
      "POST /in/\(token)/status HTTP/1.1\r\ncontent-length: 2\(end){}", "FOO /\(token) HTTP/1.1\(end)",
      "GET /\(String(repeating: "%0a", count: 2000)) HTTP/1.1\(end)",
    ]
  }

  /// Each line of the log, which must be a JSON object.
  private static func lines(_ talk: String) throws -> [[String: Any]] {
    try talk.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }
}
