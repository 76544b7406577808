import Foundation
import TestSupport
import Testing

/// PagerDuty's own client for Python, changed only by its address.
@Suite(.serialized) struct PagerDutyClientTests {
  @Test(.timeLimit(.minutes(3)))
  func `Trigger, repetition, acknowledge and resolve by PagerDuty's own client, with a restart between`() async throws {
    let tocsin = Program()
    let key = try await tocsin.run("create-token", "--name", "pagerduty", "--role", "ingest").line
    var running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    var url = try await running.waitFor(/address +(http\S+)/) + "/in/pagerduty"
    let dedupKey = try await Self.send(tocsin, url, key, "trigger").line
    #expect(dedupKey.count >= 32)
    #expect(try await Self.send(tocsin, url, key, "trigger", dedupKey).line == dedupKey)

    running.signal(SIGKILL)
    _ = try await running.end()
    running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    url = try await running.waitFor(/address +(http\S+)/) + "/in/pagerduty"
    for action in ["trigger", "acknowledge", "resolve"] {
      #expect(try await Self.send(tocsin, url, key, action, dedupKey).line == dedupKey)
    }
    let wrong = try await Self.send(tocsin, url, "0123456789abcdef0123456789abcdef", "trigger")
    #expect(wrong.status == 3 && wrong.line == "400")

    let incidents = try await tocsin.run("list-incidents", "--json").objects()
    #expect(incidents.count == 1 && incidents[0]["title"] as? String == "Disk full on db1")
    #expect(incidents[0]["package"] as? String == "DATABASE" && incidents[0]["status"] as? String == "INVESTIGATING")
    let id = try #require(incidents[0]["incident_guid"] as? String)
    let alert = try #require(
      try await tocsin.run("list-alerts", id, "--json").objects().first?["alert"] as? [String: Any])
    #expect(alert["count"] as? Int == 3 && alert["status"] as? String == "RESOLVED")
    #expect(alert["url"] as? String == "https://monitoring.example.com/db1")
    let events = try await tocsin.run("show-timeline", id, "--json").objects().compactMap {
      $0["event_type"] as? String
    }
    #expect(events == ["INCIDENT_CREATED", "ALERT_LINKED", "ALERT_ACKNOWLEDGED", "STATUS_CHANGE", "ALERT_RESOLVED"])
    running.signal(SIGTERM)
    let talk = try await running.end().talk
    #expect(!talk.contains(key) && !talk.contains("0123456789abcdef0123456789abcdef"))
  }

  private static func send(
    _ tocsin: Program, _ url: String, _ key: String, _ action: String, _ dedupKey: String? = nil
  ) async throws -> Ended {
    let arguments = [PythonVenv.path(of: "pagerduty_events.py"), url, key, action] + [dedupKey].compactMap(\.self)
    return try await tocsin.run(program: PythonVenv.python().path, arguments)
  }
}
