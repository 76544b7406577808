import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct PagerDutyEventsTests {
  /// As developer.pagerduty.com/docs/send-alert-event shows one, with every field there is.
  static let trigger = """
    {"routing_key": "e93facc04764012d7bfb002500d5d1a6", "event_action": "trigger", "dedup_key": "srv01/mysql",
     "client": "Sample Monitoring", "client_url": "https://monitoring.example.com",
     "links": [{"href": "https://monitoring.example.com/srv01", "text": "The host"}],
     "images": [{"src": "https://example.com/a.png", "href": "https://example.com/", "alt": "A graph"}],
     "payload": {"summary": "DISK at 99% on machine prod-datapipe03.example.com", "severity": "critical",
       "timestamp": "2026-11-21T08:42:58.315+0000", "source": "prod-datapipe03.example.com", "component": "mysql",
       "group": "prod-datapipe", "class": "disk",
       "custom_details": {"free space": "1%", "ping time": 1500, "load": {"1m": 0.75, "avg": [1, 2]}, "none": null}}}
    """

  /// As Debian's Alertmanager 0.25 sent one.
  static let fromAlertmanager = """
    {"routing_key":"k","dedup_key":"8e5c1b3e","event_action":"trigger","payload":{"summary":"[FIRING:1] DiskFull (critical)",
     "source":"Alertmanager","severity":"error","custom_details":{"firing":"Labels:\\n - alertname = DiskFull\\n",
     "num_firing":"1","num_resolved":"0","resolved":""}},"client":"Alertmanager","client_url":"http://am:9093/#/alerts"}
    """

  private static func event(_ body: String) throws -> PagerDutyEvents.Event {
    try PagerDutyEvents.event(in: Data(body.utf8)) { "generated" }
  }

  private static func alert(_ body: String) throws -> ReceivedAlert {
    guard case .state(let alert) = try event(body).signal else { throw Failure(.invalid, "is no alert") }
    return alert
  }

  @Test func `A trigger has its fields from payload, details and links`() throws {
    let alert = try Self.alert(Self.trigger)
    #expect(
      alert
        == ReceivedAlert(
          source: "pagerduty", dedupKey: "srv01/mysql", status: .firing, severity: .critical, package: "mysql",
          title: "DISK at 99% on machine prod-datapipe03.example.com",
          description: "free space: 1%\nload.1m: 0.75\nload.avg: [1,2]\nping time: 1500",
          labels: [
            "free space": "1%", "ping time": "1500", "load.1m": "0.75", "load.avg": "[1,2]", "component": "mysql",
            "group": "prod-datapipe", "class": "disk", "source": "prod-datapipe03.example.com", "severity": "critical",
          ], groupKey: "pagerduty:srv01/mysql", url: "https://monitoring.example.com/srv01"))
  }

  @Test func `What Alertmanager sends is understood`() throws {
    let alert = try Self.alert(Self.fromAlertmanager)
    #expect(alert.dedupKey == "8e5c1b3e" && alert.severity == .high && alert.package == "pagerduty")
    #expect(alert.url == "http://am:9093/#/alerts" && alert.startsAt == nil && alert.expiresAt == nil)
    #expect(alert.description?.contains("firing: Labels:\n - alertname = DiskFull") == true)
  }

  @Test(arguments: [
    (#"{"package": "p", "service": "s"}"#, "p"), (#"{"service": "s"}"#, "s"), ("{}", "c"), (#""words""#, "c"),
    ("null", "c"), (#"{"package": {"name": "x"}}"#, "c"),
  ])
  func `The package comes from the details, else the component`(_ details: String, _ package: String) throws {
    let body = """
      {"event_action": "trigger", "payload": {"summary": "s", "source": "o", "severity": "info", "component": "c",
       "custom_details": \(details)}}
      """
    #expect(try Self.alert(body).package == package)
  }

  @Test(
    arguments: [("critical", .critical), ("error", .high), ("warning", .medium), ("info", .low)] as [(String, Severity)]
  )
  func `Each severity has its own`(_ word: String, _ severity: Severity) throws {
    let body = #"{"event_action":"trigger","payload":{"summary":"s","source":"o","severity":"\#(word)"}}"#
    #expect(try Self.alert(body).severity == severity)
    #expect(try Self.event(body).dedupKey == "generated")
  }

  @Test(arguments: [("acknowledge", AlertAction.Kind.acknowledge(until: nil)), ("resolve", .resolve)])
  func `Acknowledge and resolve need a key, and no payload`(_ word: String, _ kind: AlertAction.Kind) throws {
    let event = try Self.event(#"{"event_action":"\#(word)","dedup_key":"k"}"#)
    #expect(event.signal == .action(AlertAction(source: "pagerduty", key: .dedupKey("k"), kind: kind)))
    for key in ["", #","dedup_key":"""#, #","dedup_key":null"#] {
      let failure = #expect(throws: Failure.self) { try Self.event(#"{"event_action":"\#(word)"\#(key)}"#) }
      #expect(failure?.field == "/dedup_key")
    }
  }

  @Test(arguments: [
    ("", ""), ("{", ""), ("[]", ""), ("{}", "/event_action"), (#"{"event_action":"destroy"}"#, "/event_action"),
    (#"{"event_action":1}"#, "/event_action"), (#"{"event_action":"trigger"}"#, "/payload"),
    (#"{"event_action":"trigger","payload":[]}"#, ""),
    (#"{"event_action":"trigger","payload":{}}"#, "/payload/summary"),
    (#"{"event_action":"trigger","payload":{"summary":" ","source":"s","severity":"info"}}"#, "/payload/summary"),
    (#"{"event_action":"trigger","payload":{"summary":"s","severity":"info"}}"#, "/payload/source"),
    (#"{"event_action":"trigger","payload":{"summary":"s","source":"o","severity":"bad"}}"#, "/payload/severity"),
    (
      #"{"event_action":"trigger","dedup_key":7,"payload":{"summary":"s","source":"o","severity":"info"}}"#,
      "/dedup_key"
    ),
    (#"{"event_action":"trigger","links":{},"payload":{"summary":"s","source":"o","severity":"info"}}"#, "/links"),
  ])
  func `A bad event is refused with its place`(_ body: String, _ place: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.event(body) }
    #expect(failure?.code == .invalid || failure?.code == .malformed)
    if !place.isEmpty { #expect(failure?.field == place) }
  }

  @Test func `A routing key is found wherever there is one, and nothing is found in junk`() {
    #expect(PagerDutyEvents.routingKey(in: Data(Self.trigger.utf8)) == "e93facc04764012d7bfb002500d5d1a6")
    for junk in ["", "{", "[]", "null", "{}", #"{"routing_key": 1}"#, #"{"routing_key": " "}"#] {
      #expect(PagerDutyEvents.routingKey(in: Data(junk.utf8)) == nil, "\(junk)")
    }
  }

  @Test func `Details nested as deep as JSON may be are flattened`() throws {
    let deep = String(repeating: #"{"a":"#, count: 60) + "1" + String(repeating: "}", count: 60)
    let body =
      #"{"event_action":"trigger","payload":{"summary":"s","source":"o","severity":"info","custom_details":\#(deep)}}"#
    #expect(try Self.alert(body).labels.values.contains("1"))
  }
}
