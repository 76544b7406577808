import Crypto
import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct GrafanaTests {
  /// As Grafana's docs show its webhook, with a panel's address in the second alert.
  static func body(_ status: String = "firing", endsAt: String = "0001-01-01T00:00:00Z") -> String {
    """
    {"receiver": "My Super Webhook", "status": "\(status)", "orgId": 1, "alerts": [
      {"status": "\(status)", "labels": {"alertname": "High memory usage", "team": "blue", "severity": "critical"},
       "annotations": {"description": "The system has high memory usage", "runbook_url": "https://example.com/1234",
         "summary": "This alert was triggered for zone us-1"},
       "startsAt": "2026-10-12T09:51:03.157076+02:00", "endsAt": "\(endsAt)",
       "generatorURL": "https://play.grafana.org/alerting/1afz29v7z/edit", "fingerprint": "c6eadffa33fcdf37",
       "silenceURL": "https://play.grafana.org/alerting/silence/new", "dashboardURL": "", "panelURL": "",
       "values": {"B": 44.23943737541908, "C": 1}},
      {"status": "\(status)", "labels": {"alertname": "High CPU usage", "team": "blue", "service": "web"},
       "annotations": {}, "startsAt": "2026-10-12T09:56:03.157076+02:00", "endsAt": "\(endsAt)",
       "generatorURL": "https://play.grafana.org/alerting/d1rdpdv7k/edit", "fingerprint": "bc97ff14869b13e3",
       "dashboardURL": "https://play.grafana.org/d/1", "panelURL": "https://play.grafana.org/d/1?viewPanel=2",
       "values": null}],
     "groupLabels": {}, "commonLabels": {"team": "blue"}, "commonAnnotations": {}, "version": "1",
     "externalURL": "https://play.grafana.org/", "groupKey": "{}:{}", "truncatedAlerts": 0,
     "title": "[FIRING:2]  (blue)", "state": "alerting", "message": "**Firing**"}
    """
  }

  @Test func `Alerts have their fields from labels, annotations and addresses`() throws {
    let alerts = try Grafana.alerts(in: Data(Self.body().utf8))
    let (memory, cpu) = (alerts[0], alerts[1])
    #expect(memory.title == "This alert was triggered for zone us-1" && memory.dedupKey == "c6eadffa33fcdf37")
    #expect(memory.description == "The system has high memory usage" && memory.severity == .critical)
    #expect(memory.url == "https://play.grafana.org/alerting/1afz29v7z/edit" && memory.package == "grafana")
    #expect(memory.startsAt.map(JSON.time) == "2026-10-12T07:51:03.157Z" && memory.endsAt == nil)
    #expect(cpu.title == "High CPU usage" && cpu.package == "web" && cpu.severity == .high)
    #expect(cpu.url == "https://play.grafana.org/d/1?viewPanel=2")
    #expect(alerts.allSatisfy { $0.source == "grafana" && $0.groupKey == "grafana:{}:{}" && $0.status == .firing })
  }

  @Test(arguments: TestDatabase.all)
  func `Two alerts of a group fire, come again and resolve: one incident, the right counts and events`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      for _ in 0..<2 { try await bench.incidents.receive(Grafana.alerts(in: Data(Self.body().utf8))) }
      let resolved = Self.body("resolved", endsAt: "2026-10-12T10:00:00.01041952Z")
      try await bench.incidents.receive(Grafana.alerts(in: Data(resolved.utf8)))
      // A late delivery of what is over changes nothing.
      try await bench.incidents.receive(Grafana.alerts(in: Data(Self.body().utf8)))
      let list = try await bench.incidents.list().items
      let alerts = try await bench.incidents.alerts().items
      #expect(list.count == 1 && alerts.map(\.count) == [4, 4] && alerts.allSatisfy { $0.status == .resolved })
      #expect(
        try await bench.events(of: list[0].incidentGuid)
          == [.incidentCreated, .alertLinked, .alertLinked, .alertResolved, .alertResolved])
    }
  }

  @Test(arguments: ["", "{", "[]", "{}", #"{"version":"4","groupKey":"g","alerts":[]}"#, #"{"version":"1"}"#])
  func `What is not Grafana's is refused`(_ body: String) {
    let failure = #expect(throws: Failure.self) { try Grafana.alerts(in: Data(body.utf8)) }
    #expect(failure?.code == .invalid || failure?.code == .malformed)
  }

  /// RFC 4231 has no text as short as this; the code is openssl's: `printf body | openssl dgst -sha256 -hmac secret`.
  private static let known = "dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355"

  @Test(arguments: [
    (known, "body", true), (known.uppercased(), "body", true), (known, "bodY", false), ("", "body", false),
    (String(known.dropLast()), "body", false), (known + "00", "body", false), ("sha256=" + known, "body", false),
    (String(repeating: "0", count: 64), "body", false), (String(repeating: "é", count: 64), "body", false),
  ])
  func `Only the body's own signature under the secret is good`(_ code: String, _ body: String, _ isGood: Bool) {
    let signature = GrafanaSignature(secret: "secret")
    let check = { try signature.verify(Data(body.utf8), now: Date()) { _ in code } }
    if isGood {
      #expect(throws: Never.self) { try check() }
    } else {
      #expect(throws: Failure.self) { try check() }
    }
    #expect("\(signature)".contains("secret: (secret)"))
  }

  @Test(arguments: [
    ("0", true), ("-300", true), ("300", true), ("-301", false), ("301", false), ("x", false), ("", false),
  ])
  func `With a timestamp the signature holds for five minutes`(_ offset: String, _ isGood: Bool) {
    let now = Date(timeIntervalSince1970: 1_764_000_000)
    let text = Int(offset).map { String(1_764_000_000 + $0) } ?? offset
    let signature = GrafanaSignature(secret: "secret", timestampHeader: "X-Time")
    let code = HMAC<SHA256>.authenticationCode(
      for: Data("\(text):body".utf8), using: SymmetricKey(data: Data("secret".utf8)))
    let headers = ["X-Grafana-Alerting-Signature": hex(code), "X-Time": text]
    let check = { try signature.verify(Data("body".utf8), now: now) { headers[$0] } }
    if isGood {
      #expect(throws: Never.self) { try check() }
    } else {
      #expect(throws: Failure.self) { try check() }
    }
    // The timestamp cannot be changed, nor left out.
    #expect(throws: Failure.self) {
      try signature.verify(Data("body".utf8), now: now) { $0 == "X-Time" ? "1764000001" : headers[$0] }
    }
    #expect(throws: Failure.self) {
      try signature.verify(Data("body".utf8), now: now) { $0 == "X-Time" ? nil : headers[$0] }
    }
  }
}
