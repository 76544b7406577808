import Foundation
import Storage
import TestSupport
import Testing

/// Debian's Alertmanager with the receivers that people have, each changed only by its address.
@Suite(.serialized) struct AlertmanagerReceiversTests {
  private static let labels = ["DiskFull", "severity=critical", "service=DATABASE", "host=db1"]

  @Test(.timeLimit(.minutes(3)), arguments: ["webhook", "pagerduty", "opsgenie"])
  func `An alert fires, is repeated over restarts of either side, and resolves: one incident, one alert`(
    _ receiver: String
  ) async throws {
    let tocsin = Program()
    let token = try await tocsin.run("create-token", "--name", "alertmanager", "--role", "ingest").line
    let port = try await DebianPeer.freePort()
    var server = try await Self.serve(tocsin, port)
    let peer = try await Peer(tocsin, Self.configuration(receiver, "http://127.0.0.1:\(port)", token))
    var alertmanager = try await peer.start()

    try await peer.fire(Self.labels)
    let id = try await eventually("the alert opened an incident; \(alertmanager.talk)") {
      try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").first.map(String.init)
    }
    try await Self.isRepeated(id, tocsin)

    // Tocsin goes away in the middle, then Alertmanager does, which forgets everything but what it keeps in its folder.
    server.signal(SIGKILL)
    _ = try await server.end()
    server = try await Self.serve(tocsin, port)
    try await Self.isRepeated(id, tocsin)
    alertmanager.signal(SIGTERM)
    _ = try await alertmanager.end()
    alertmanager = try await peer.start()
    try await peer.fire(Self.labels)
    try await Self.isRepeated(id, tocsin)

    try await peer.resolve(Self.labels)
    let alert = try await eventually("the alert has resolved; \(alertmanager.talk)") { () -> [String: Any]? in
      let alert = try await Self.alert(id, tocsin)
      return alert["status"] as? String == "RESOLVED" ? alert : nil
    }
    #expect(alert["source"] as? String == (receiver == "webhook" ? "alertmanager" : receiver))
    #expect(alert["severity"] as? String == "CRITICAL")
    #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 1)
    #expect(try await tocsin.run("list-alerts", id, "-q").output.split(separator: "\n").count == 1)
    let events = try await tocsin.run("show-timeline", id, "--json").objects().compactMap {
      $0["event_type"] as? String
    }
    #expect(events == ["INCIDENT_CREATED", "ALERT_LINKED", "ALERT_RESOLVED"])
    server.signal(SIGTERM)
    let talk = try await server.end().talk
    #expect(!talk.contains(token) && !talk.contains(#""status":4"#) && !talk.contains(#""status":5"#))
    alertmanager.signal(SIGTERM)
    _ = try await alertmanager.end()
  }

  private static func configuration(_ receiver: String, _ url: String, _ token: String) -> String {
    let entry =
      switch receiver {
      case "webhook":
        "webhook_configs: [{url: \"\(url)/in/alertmanager\", http_config: {authorization: {credentials: \"\(token)\"}}}]"
      case "pagerduty":
        "pagerduty_configs: [{url: \"\(url)/in/pagerduty/v2/enqueue\", routing_key: \"\(token)\", "
          + "severity: \"{{ .CommonLabels.severity }}\", details: {service: \"{{ .CommonLabels.service }}\"}}]"
      default:
        "opsgenie_configs: [{api_url: \"\(url)/in/opsgenie/\", api_key: \"\(token)\", priority: P1, tags: \"a,b\"}]"
      }
    return """
      route: {receiver: tocsin, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s}
      receivers:
        - name: tocsin
          \(entry)
      """
  }

  private static func serve(_ tocsin: Program, _ port: Int) async throws -> RunningProgram {
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:\(port)")
    _ = try await server.waitFor(/address +(http\S+)/)
    return server
  }

  private static func alert(_ id: String, _ tocsin: Program) async throws -> [String: Any] {
    try await tocsin.run("list-alerts", id, "--json").objects().first?["alert"] as? [String: Any] ?? [:]
  }

  private static func isRepeated(_ id: String, _ tocsin: Program) async throws {
    let before = try await alert(id, tocsin)["count"] as? Int ?? .max
    _ = try await eventually("the alert is repeated") {
      (try await alert(id, tocsin)["count"] as? Int ?? 0) > before ? true : nil
    }
  }
}

/// Debian's Alertmanager, which can be started again on the same folder.
private struct Peer {
  private let tocsin: Program
  private let port: Int
  private let configuration: String

  init(_ tocsin: Program, _ configuration: String) async throws {
    self.tocsin = tocsin
    self.configuration = try tocsin.scratch.write("alertmanager.yml", configuration)
    port = try await DebianPeer.freePort()
  }

  func start() async throws -> RunningProgram {
    let running = try tocsin.start(
      program: DebianPeer.path("prometheus-alertmanager"),
      [
        "--config.file=\(configuration)", "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        "--storage.path=\(tocsin.scratch.file("alertmanager"))",
      ])
    _ = try await eventually("Alertmanager answers; \(running.talk)") {
      try await amtool(["alert", "query"]) == 0 ? true : nil
    }
    return running
  }

  func fire(_ labels: [String]) async throws {
    #expect(try await amtool(["alert", "add", "--annotation=summary=Disk full on db1"] + labels) == 0)
  }

  func resolve(_ labels: [String]) async throws {
    #expect(try await amtool(["alert", "add", "--end=\(UTC.rfc3339(Date()))"] + labels) == 0)
  }

  private func amtool(_ arguments: [String]) async throws -> Int32 {
    try await tocsin.run(
      program: DebianPeer.path("amtool"), ["--alertmanager.url=http://127.0.0.1:\(port)"] + arguments
    ).status
  }
}
