import CoreMetrics
import Foundation
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct MetricsRoutesTests {
  private let metrics = PrometheusMetrics()

  private var surroundings: Routes.Surroundings { Routes.Surroundings(metrics: metrics) }

  /// The samples of a scrape, by name and labels.
  private func scrape(_ bench: TestBench) async throws -> [String: Double] {
    let secret = try await bench.incidents.createToken(name: UUID().uuidString, role: .viewer).secret
    let answer = try await bench.send(.get, "/metrics", token: secret, in: surroundings)
    #expect(answer.status == 200)
    #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    var samples: [String: Double] = [:]
    for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
      let end = try #require(line.lastIndex(of: " "))
      let value = try #require(Double(line[end...].dropFirst()))
      samples[String(line[..<end])] = value
    }
    return samples
  }

  @Test(arguments: TestDatabase.all)
  func `What happened is counted once, and nothing that was undone`(_ engine: TestDatabase) async throws {
    let slack = FakeChannel<SlackName>(FakeVendor(.refuse("no")))
    try await engine.run(channels: [FakeChannel<EmailName>(FakeVendor()), slack]) { bench in
      try await withMetricsFactory(metrics) {
        Telemetry.prepare(bench.incidents)
        try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL:a,SLACK:b,SMS:+1")
        let incident = try await bench.incidents.create(title: "a", severity: .critical, package: "p")
        try await bench.incidents.create(title: "b", severity: .low, package: "p")
        _ = try? await bench.incidents.create(
          title: "c", severity: .low, package: "p", alertLinks: ["x"], by: Principal("x"))
        _ = try? await bench.incidents.create(title: "", severity: .low, package: "p")
        _ = try? await bench.incidents.database.write { transaction in
          transaction.whenCommitted { Telemetry.incidents.count(1, [("severity", "LOW")]) }
          throw Failure(.conflict, "undone")
        }
        try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R")
        try await bench.incidents.updateStatus(incident.incidentGuid, to: .investigating)
      }
      let samples = try await scrape(bench)
      #expect(samples[#"tocsin_incidents_opened_total{severity="CRITICAL"}"#] == 1)
      #expect(samples[#"tocsin_incidents_opened_total{severity="LOW"}"#] == 2)
      #expect(samples[#"tocsin_open_incidents{severity="CRITICAL",status="INVESTIGATING"}"#] == 1)
      #expect(samples[#"tocsin_open_incidents{severity="LOW",status="CREATED"}"#] == 2)
      #expect(samples[#"tocsin_open_incidents{severity="HIGH",status="MONITORING"}"#] == 0)
      #expect(samples.keys.count { $0.hasPrefix("tocsin_open_incidents{") } == 12)
      #expect(samples[#"tocsin_messages_total{channel="EMAIL",outcome="sent"}"#] == 1)
      #expect(samples[#"tocsin_messages_total{channel="EMAIL",outcome="failed"}"#] == 0)
      #expect(samples[#"tocsin_messages_total{channel="SLACK",outcome="failed"}"#] == 1)
      #expect(samples[#"tocsin_messages_total{channel="SMS",outcome="failed"}"#] == 1)
      #expect(samples[#"tocsin_delivery_attempt_duration_seconds_count{channel="EMAIL"}"#] == 1)
      #expect(samples[#"tocsin_delivery_delay_seconds_count{channel="EMAIL"}"#] == 1)
      #expect(samples[#"tocsin_outbox_messages{channel="EMAIL"}"#] == 0)
      #expect(samples["tocsin_outbox_oldest_age_seconds"] == 0)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A destination that is down, and what waits for it, can be seen`(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuseForNow("busy"))
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await withMetricsFactory(metrics) {
        try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL:host/a")
        for title in 0..<5 {
          let incident = try await bench.incidents.create(title: "\(title)", severity: .low, package: "p")
          try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R", patience: 5)
        }
      }
      bench.clock.advance(by: 90)
      let samples = try await scrape(bench)
      #expect(samples[#"tocsin_messages_total{channel="EMAIL",outcome="retried"}"#] == 5)
      #expect(samples[#"tocsin_outbox_messages{channel="EMAIL"}"#] == 5)
      #expect(samples["tocsin_outbox_oldest_age_seconds"] ?? 0 >= 90)
      #expect(samples[#"tocsin_destinations_down{channel="EMAIL"}"#] == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Each way an alert can go is counted`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await withMetricsFactory(metrics) {
        func alert(_ key: String, _ status: String, _ severity: String) -> String {
          """
          {"version": "4", "groupKey": "g", "alerts": [{"status": "\(status)", "labels": {"alertname": "a", "severity":
           "\(severity)"}, "startsAt": "2026-11-21T10:00:00Z", "endsAt": "2026-11-21T11:00:00Z", "fingerprint": "\(key)"}]}
          """
        }
        let silence = SilenceDraft([try LabelMatcher("severity=page")], endsAt: .distantFuture)
        try await bench.incidents.createSilence(silence)
        for body in [
          alert("low", "firing", "info"), alert("a", "firing", "critical"), alert("b", "firing", "critical"),
          alert("b", "firing", "critical"), alert("b", "resolved", "critical"), alert("c", "firing", "page"),
        ] {
          let token = try await bench.incidents.createToken(name: UUID().uuidString, role: .ingest).secret
          #expect(try await bench.send(.post, "/in/alertmanager", body, token: token, in: surroundings).status == 200)
        }
      }
      let samples = try await scrape(bench)
      for outcome in ["kept", "opened", "joined", "repeated", "resolved", "silenced"] {
        let name = "tocsin_alerts_received_total{source=\"alertmanager\",outcome=\"\(outcome)\"}"
        #expect(samples[name] == 1, "\(outcome)")
      }
      #expect(samples[#"tocsin_intake_duration_seconds_count{source="alertmanager"}"#] == 6)
      let requests = #"tocsin_http_requests_total{route="/in/alertmanager",method="POST",status="200"}"#
      #expect(samples[requests] == 6)
    }
  }

  /// Failure: a scanner that tries a thousand addresses makes a thousand series.
  @Test func `A thousand hostile paths and odd methods make no series of their own`() async throws {
    // On SQLite only: a thousand requests that never come to the database.
    try await TestDatabase.sqlite.run { bench in
      try await withMetricsFactory(metrics) {
        _ = try await bench.send(.get, "/nowhere", in: surroundings)
        let before = try await scrape(bench).count
        for index in 0..<1000 {
          let path = index % 2 == 0 ? "/nowhere/\(index)" : "/in/\(index)%22%7D%0A/status"
          _ = try await bench.send(.get, path, in: surroundings)
        }
        for method in ["PROPFIND", "FOO", "BAR"] {
          let method = try #require(HTTPRequest.Method(method))
          #expect(try await bench.send(method, "/healthz", in: surroundings).status == 501)
        }
        let samples = try await scrape(bench)
        #expect(samples[#"tocsin_http_requests_total{route="unmatched",method="GET",status="404"}"#] == 501)
        let known = #"tocsin_http_requests_total{route="/in/{channel}/status",method="GET",status="405"}"#
        #expect(samples[known] == 500)
        #expect(samples.count <= before + 40)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A scrape with the database away tells what can be told`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.viewer)
      try await bench.tamper("DROP TABLE tocsin_queue")
      let answer = try await bench.send(.get, "/metrics", token: token, in: surroundings)
      #expect(answer.status == 200)
      #expect(answer.text.contains("\ntocsin_database_up 0\n"))
      #expect(answer.text.contains("\nprocess_resident_memory_bytes "))
      #expect(!answer.text.contains("tocsin_open_incidents"))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Rows that somebody wrote by hand choose no labels`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incident = try await bench.incident()
      for index in 0..<20 {
        try await bench.tamper(
          "INSERT INTO tocsin_destination (Channel, Destination, Failures, PausedUntil) VALUES (?, 'x', 9, '2030-01-01 00:00:00')",
          [.text("evil\"\n\(index)")])
      }
      _ = incident
      let samples = try await scrape(bench)
      #expect(samples[#"tocsin_destinations_down{channel="other"}"#] == 20)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `From elsewhere only readers get it`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      #expect(try await bench.send(.get, "/metrics", in: surroundings).status == 401)
      for (role, status) in [(Role.viewer, 200), (.responder, 200), (.admin, 200), (.ingest, 403)] {
        let token = try await bench.token(role)
        #expect(try await bench.send(.get, "/metrics", token: token, in: surroundings).status == status, "\(role)")
      }
    }
  }
}
