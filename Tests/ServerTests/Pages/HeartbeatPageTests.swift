import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct HeartbeatPageTests {
  @Test func `A heartbeat is made, changed, turned off and deleted`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      #expect(try await reader.get("/heartbeats").text.contains("class=\"empty\""))
      let form = [("name", "backup"), ("every", "1d"), ("grace", "2h"), ("severity", "CRITICAL"), ("enabled", "yes")]
      let made = try await reader.post("/heartbeats", form)
      #expect(made.status == 303 && made.next == "/heartbeats/backup")
      var beat = try await bench.incidents.heartbeat("backup")
      #expect(
        beat.intervalSeconds == 86_400 && beat.graceSeconds == 7200 && beat.severity == .critical && beat.isEnabled)
      let page = try await reader.get("/heartbeats/backup").text
      #expect(page.contains("/in/heartbeats/backup</pre>") && page.contains("value=\"1d\"") && page.contains("waiting"))
      let change = [("every", "5m"), ("grace", ""), ("severity", "LOW"), ("title", "Late"), ("package", "BATCH")]
      #expect(try await reader.post("/heartbeats/backup", change).status == 303)
      beat = try await bench.incidents.heartbeat("backup")
      #expect(beat.intervalSeconds == 300 && beat.title == "Late" && beat.package == "BATCH" && !beat.isEnabled)
      #expect(try await reader.get("/heartbeats").text.contains(">off<"))
      #expect(try await reader.post("/heartbeats/backup/delete").next == "/heartbeats")
      #expect(try await bench.incidents.heartbeats().items.isEmpty)
      #expect(try await reader.post("/heartbeats/backup/delete").status == 404)
    }
  }

  /// Failure: the form for a new one silently replaces another job's.
  @Test func `What cannot be is refused, and nothing that was typed is lost`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 60))
      for (name, every, status) in [("a b", "1d", 422), ("x", "soon", 422), ("x", "1s", 422), ("backup", "1d", 409)] {
        let form = [("name", name), ("every", every), ("title", "kept \"words\""), ("enabled", "yes")]
        let page = try await reader.post("/heartbeats", form)
        #expect(page.status == status && page.text.contains("value=\"kept &quot;words&quot;\""), "\(name) \(every)")
        #expect(page.text.contains("value=\"\(name)\"") && page.text.contains("id=\"new\" open"))
      }
      #expect(try await bench.incidents.heartbeats().items.map(\.intervalSeconds) == [60])
      let page = try await reader.post("/heartbeats/backup", [("every", "never"), ("title", "kept")])
      #expect(page.status == 422 && page.text.contains("value=\"never\"") && page.text.contains("value=\"kept\""))
    }
  }

  @Test func `Who may only look is refused`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench, "ada", .viewer)
      try await bench.incidents.setHeartbeat("backup", HeartbeatDraft(interval: 60))
      #expect(try await !reader.get("/heartbeats/backup").text.contains("name=\"every\""))
      for path in ["", "/backup", "/backup/delete"] {
        #expect(try await reader.post("/heartbeats" + path, [("name", "x"), ("every", "1d")]).status == 403)
      }
      #expect(try await bench.incidents.heartbeats().items.map(\.intervalSeconds) == [60])
    }
  }
}
