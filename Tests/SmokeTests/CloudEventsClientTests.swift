import Foundation
import TestSupport
import Testing

/// CloudEvents as the CNCF's own Python package writes them.
@Suite struct CloudEventsClientTests {
  @Test func `Structured, binary and batch arrive, and an event sent in two modes is one alert`() async throws {
    let tocsin = Program()
    let token = try await tocsin.run("create-token", "--name", "events", "--role", "ingest").line
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    let statuses = String(decoding: try PythonVenv.run("cloudevents_client.py", [server, token]), as: UTF8.self)
    #expect(statuses.split(separator: "\n") == ["200", "200", "200", "200", "200"])
    let alerts = try await tocsin.run("list-alerts", "--json").json() as? [[String: Any]] ?? []
    let keyed = Dictionary(alerts.map { ($0["dedup_key"] as? String ?? "", $0) }, uniquingKeysWith: { $1 })
    #expect(alerts.count == 4)
    let disk = try #require(keyed[#"/backups/zürich 1 com.example.disk db "1" 100 %"#])
    #expect(disk["count"] as? Int == 3 && disk["status"] as? String == "RESOLVED")
    #expect(disk["severity"] as? String == "CRITICAL" && disk["package"] as? String == "DISK")
    #expect(disk["starts_at"] as? String == "2026-11-21T10:00:00.123Z")
    #expect(disk["ends_at"] as? String == "2026-11-21T10:05:00.123Z")
    let note = try #require(keyed["/backups/zürich 1 3"])
    #expect(note["description"] as? String == "words" && note["severity"] as? String == "LOW")
    // The disk's, and one for both failed jobs.
    #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 2)
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }
}
