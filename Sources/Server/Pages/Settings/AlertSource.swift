import Foundation
import Tocsin

/// A way in for alerts, as the page shows it: what to paste where, and what it would send.
struct AlertSource {
  /// As in the addresses of this page.
  let key: String
  /// What people call it.
  let name: String
  /// Of ``AlertSources``.
  let dialect: String
  /// Below the server's address.
  let path: String
  /// What goes into the sender's configuration, or into a terminal.
  let snippet: String
  /// A body as it would send it.
  let sample: String
}

/// Where this server is, as senders see it.
struct SenderAddress {
  let base: String
  let token: String

  /// Of a base such as `https://tocsin.example.com/prefix`: scheme, host with port, path.
  var parts: (scheme: String, host: String, path: String) {
    guard let url = URLComponents(string: base), let host = url.host else { return ("http", base, "") }
    let port = url.port.map { ":\($0)" } ?? ""
    return (url.scheme ?? "http", host + port, url.path == "/" ? "" : url.path)
  }

  func curl(_ path: String, _ header: String, _ type: String, _ body: String) -> String {
    let lines = [
      "curl -X POST \(base)\(path)", header.isEmpty ? nil : "  -H '\(header)'", "  -H 'content-type: \(type)'",
      "  -d '\(body)'",
    ]
    return lines.compactMap(\.self).joined(separator: " \\\n")
  }
}

extension AlertSource {
  static func all(_ address: SenderAddress, now: Date, mappings: [String]) -> [AlertSource] {
    let own = [
      alertmanager(address, now), prometheus(address, now), grafana(address, now), pagerDuty(address),
      opsgenie(address),
      cloudEvents(address), json(address),
    ]
    return own + mappings.sorted().map { mapping($0, address) }
  }

  private static func alertmanager(_ address: SenderAddress, _ now: Date) -> AlertSource {
    AlertSource(
      key: "alertmanager", name: "Alertmanager", dialect: "alertmanager", path: "/in/alertmanager",
      snippet: """
        # alertmanager.yml
        route:
          receiver: tocsin
          group_by: [alertname, cluster]
        receivers:
          - name: tocsin
            webhook_configs:
              - url: \(address.base)/in/alertmanager
                send_resolved: true
                max_alerts: 500
                http_config:
                  authorization:
                    credentials: \(address.token)
        """,
      sample: """
        {"version": "4", "status": "firing", "groupKey": "{}:{alertname=\\"DiskFull\\"}", "receiver": "tocsin",
          "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {}, "commonAnnotations": {},
          "externalURL": "http://alertmanager.example.com",
          "alerts": [{"status": "firing", "fingerprint": "c0ffee0000000001", "startsAt": "\(JSON.time(now))",
            "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example.com/graph",
            "labels": {"alertname": "DiskFull", "severity": "critical", "job": "database", "instance": "db1"},
            "annotations": {"summary": "The disk of db1 is full"}}]}
        """)
  }

  private static func prometheus(_ address: SenderAddress, _ now: Date) -> AlertSource {
    let (scheme, host, path) = address.parts
    return AlertSource(
      key: "prometheus", name: "Prometheus, vmalert", dialect: "alertmanager-api", path: "/in/alertmanager",
      snippet: """
        # prometheus.yml
        alerting:
          alertmanagers:
            - scheme: \(scheme)
              path_prefix: \(path)/in/alertmanager
              api_version: v2
              authorization: {credentials: \(address.token)}
              static_configs: [{targets: ["\(host)"]}]
        """,
      sample: """
        [{"labels": {"alertname": "HighErrorRate", "severity": "warning", "service": "checkout"},
          "annotations": {"summary": "5 % of requests to checkout fail"},
          "startsAt": "\(JSON.time(now))", "generatorURL": "http://prometheus.example.com/graph"}]
        """)
  }

  private static func grafana(_ address: SenderAddress, _ now: Date) -> AlertSource {
    AlertSource(
      key: "grafana", name: "Grafana", dialect: "grafana", path: "/in/grafana",
      snippet: """
        # provisioning/alerting/tocsin.yaml
        apiVersion: 1
        contactPoints:
          - orgId: 1
            name: tocsin
            receivers:
              - uid: tocsin
                type: webhook
                settings:
                  url: \(address.base)/in/grafana
                  httpMethod: POST
                  authorization_scheme: Bearer
                  authorization_credentials: \(address.token)
        """,
      sample: """
        {"version": "1", "status": "firing", "receiver": "tocsin", "groupKey": "{}:{alertname=\\"Latency\\"}", "orgId": 1,
          "groupLabels": {"alertname": "Latency"}, "commonLabels": {}, "commonAnnotations": {},
          "externalURL": "http://grafana.example.com/", "title": "[FIRING:1] Latency", "state": "alerting",
          "alerts": [{"status": "firing", "fingerprint": "c0ffee0000000002", "startsAt": "\(JSON.time(now))",
            "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://grafana.example.com/alerting/1/view",
            "labels": {"alertname": "Latency", "severity": "high", "service": "api"},
            "annotations": {"summary": "The API answers slowly"}, "values": {"A": 2.5}}]}
        """)
  }

  private static func pagerDuty(_ address: SenderAddress) -> AlertSource {
    AlertSource(
      key: "pagerduty", name: "PagerDuty Events v2", dialect: "pagerduty", path: "/in/pagerduty/v2/enqueue",
      snippet: address.curl("/in/pagerduty/v2/enqueue", "", "application/json", trigger(address.token)),
      sample: trigger("tocsin_…"))
  }

  private static func trigger(_ key: String) -> String {
    """
    {"routing_key": "\(key)", "event_action": "trigger", "dedup_key": "db1/disk",
      "payload": {"summary": "The disk of db1 is full", "source": "db1", "severity": "critical", "component": "database"}}
    """
  }

  private static func opsgenie(_ address: SenderAddress) -> AlertSource {
    let body = """
      {"message": "The disk of db1 is full", "alias": "db1/disk", "priority": "P1", "entity": "db1",
        "details": {"service": "database"}}
      """
    return AlertSource(
      key: "opsgenie", name: "Opsgenie, Jira Service Management", dialect: "opsgenie", path: "/in/opsgenie/",
      snippet: address.curl(
        "/in/opsgenie/v2/alerts", "authorization: GenieKey \(address.token)", "application/json", body),
      sample: body)
  }

  private static func cloudEvents(_ address: SenderAddress) -> AlertSource {
    let body = """
      {"specversion": "1.0", "id": "1", "source": "/backup/db1", "type": "com.example.backup.firing",
        "data": {"title": "The backup of db1 failed", "severity": "high", "package": "backup"}}
      """
    return AlertSource(
      key: "cloudevents", name: "CloudEvents 1.0", dialect: "cloudevents", path: "/in/cloudevents",
      snippet: address.curl(
        "/in/cloudevents", "authorization: Bearer \(address.token)", "application/cloudevents+json", body),
      sample: body)
  }

  private static func json(_ address: SenderAddress) -> AlertSource {
    let body = """
      {"title": "The disk of db1 is full", "dedup_key": "db1/disk", "severity": "critical", "package": "database",
        "labels": {"host": "db1"}}
      """
    return AlertSource(
      key: "json", name: "JSON", dialect: "json", path: "/in/json",
      snippet: address.curl("/in/json", "authorization: Bearer \(address.token)", "application/json", body),
      sample: body)
  }

  private static func mapping(_ name: String, _ address: SenderAddress) -> AlertSource {
    AlertSource(
      key: "json-\(name)", name: "JSON: \(name)", dialect: "json/\(name)", path: "/in/json/\(name)",
      snippet: address.curl("/in/json/\(name)", "authorization: Bearer \(address.token)", "application/json", "{…}"),
      sample: "{}")
  }
}
