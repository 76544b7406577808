import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ManyWritersTests {
  private let tocsin = Program()

  /// Failure: writers in several processes lose each other's writes, or give up because the file is locked.
  @Test func `8 processes and 64 tasks write at once: nothing is lost, refused, or twice in the chain`() async throws {
    let perTask = 25
    let servers = try (0..<8).map { _ in try tocsin.start("serve", "--listen", "127.0.0.1:0") }
    try await withThrowingTaskGroup { group in
      for (number, server) in servers.enumerated() {
        let sender = AlertSender(server: try await server.waitFor(/address +(http\S+)/))
        for task in 0..<8 {
          group.addTask {
            for alert in 0..<perTask {
              let status = try await sender.send("p\(number)t\(task)a\(alert)")
              #expect(status == 200)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    for server in servers { server.signal(SIGTERM) }
    for server in servers {
      let ended = try await server.end()
      #expect(ended.status == 0)
      #expect(!ended.talk.contains("\"level\":\"error\""), "\(ended.talk)")
    }

    let all = 8 * 8 * perTask
    #expect(try await count("SELECT count(*) FROM data_alert") == all)
    #expect(try await count("SELECT count(*) FROM data_incident") == all)
    // Each incident was created and its alert linked: one event for each change.
    #expect(try await count("SELECT count(*) FROM data_incident_timeline") == 2 * all)
    #expect(try await count("SELECT max(Seq) FROM data_incident_timeline") == 2 * all)
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  @Test func `Many command lines at once on a database that does not exist yet all succeed`() async throws {
    let guids = try await withThrowingTaskGroup(of: Ended.self) { group in
      for number in 0..<16 {
        group.addTask {
          try await tocsin.run(
            "create-incident", "--title", "Incident \(number)", "--severity", "LOW", "--package", "P", "-q")
        }
      }
      var guids: Set<String> = []
      for try await ended in group {
        #expect(ended.status == 0, "\(ended.talk)")
        guids.insert(ended.line)
      }
      return guids
    }
    #expect(guids.count == 16)
    #expect(Set(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").map(String.init)) == guids)
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  @Test func `The command line works beside a running server`() async throws {
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    #expect(try await sender.send("beside") == 200)
    let id = try await tocsin.run("list-incidents", "-q").line
    #expect(try await tocsin.run("update-status", id, "INVESTIGATING").status == 0)
    #expect(try await sender.send("beside", status: "resolved") == 200)
    let events = try await tocsin.run("show-timeline", id, "--json").objects()
    #expect(
      events.compactMap { $0["event_type"] as? String } == [
        "INCIDENT_CREATED", "ALERT_LINKED", "STATUS_CHANGE", "ALERT_RESOLVED",
      ])
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  private func count(_ sql: String) async throws -> Int {
    let ended = try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql])
    return Int(ended.line) ?? -1
  }
}
