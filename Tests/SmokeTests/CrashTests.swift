import Foundation
import Synchronization
import TestSupport
import Testing

/// What the server said it has.
private final class Acknowledged: Sendable {
  private let fingerprints = Mutex<Set<String>>([])

  var all: Set<String> { fingerprints.withLock { $0 } }

  func add(_ fingerprint: String) { fingerprints.withLock { _ = $0.insert(fingerprint) } }
}

@Suite(.serialized) struct CrashTests {
  private let tocsin = Program()

  /// Failure: the process is killed in the middle of anything. Not a power cut: the kernel keeps what was written.
  @Test func `No acknowledged alert is lost over 100 kills at random moments under writes`() async throws {
    let acknowledged = Acknowledged()
    for round in 0..<100 {
      let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
      try await withThrowingTaskGroup { group in
        for task in 0..<8 {
          group.addTask {
            for number in 0... {
              let fingerprint = "r\(round)t\(task)n\(number)"
              guard let status = try? await sender.send(fingerprint), status == 200 else { return }
              acknowledged.add(fingerprint)
            }
          }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...120)))
        running.signal(SIGKILL)
        try await group.waitForAll()
      }
      #expect(try await running.end().status == SIGKILL)
    }

    let expected = acknowledged.all
    #expect(expected.count > 100, "too few writes were acknowledged for this to show anything")
    let kept = Set(try await column("SELECT DedupKey FROM data_alert"))
    #expect(expected.subtracting(kept).isEmpty)
    #expect(try await column("PRAGMA integrity_check") == ["ok"])
    #expect(try await column("SELECT count(*) FROM data_alert") == column("SELECT count(*) FROM data_incident"))
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  /// Failure: a call of the API is answered before it is on disk. Half of the ends are kills, half are SIGTERM.
  @Test func `No acknowledged incident is lost over 20 ends at random moments under calls`() async throws {
    let acknowledged = Acknowledged()
    let token = try await tocsin.run("create-token", "--name", "t", "--role", "responder", "-q").line
    for round in 0..<20 {
      let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      var sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
      sender.token = token
      try await withThrowingTaskGroup { [sender] group in
        for task in 0..<8 {
          group.addTask {
            for number in 0... {
              let title = "r\(round)t\(task)n\(number)"
              guard let status = try? await sender.create(title), status == 201 else { return }
              acknowledged.add(title)
            }
          }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 20...200)))
        let start = ContinuousClock.now
        running.signal(round % 2 == 0 ? SIGKILL : SIGTERM)
        let ended = try await running.end()
        #expect(ended.status == (round % 2 == 0 ? SIGKILL : 0))
        #expect(ContinuousClock.now - start < .seconds(10))
        try await group.waitForAll()
      }
    }
    let expected = acknowledged.all
    #expect(expected.count > 50, "too few writes were acknowledged for this to show anything")
    let kept = Set(try await column("SELECT Title FROM data_incident"))
    #expect(expected.subtracting(kept).isEmpty)
    #expect(try await column("PRAGMA integrity_check") == ["ok"])
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  /// Failure: the process is told to stop while requests are under way.
  @Test func `No acknowledged alert is lost when the server is told to stop under load`() async throws {
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    let acknowledged = Acknowledged()
    try await withThrowingTaskGroup { group in
      for task in 0..<16 {
        group.addTask {
          for number in 0... {
            guard let status = try? await sender.send("t\(task)n\(number)"), status == 200 else { return }
            acknowledged.add("t\(task)n\(number)")
          }
        }
      }
      try await Task.sleep(for: .milliseconds(500))
      running.signal(SIGTERM)
      let start = ContinuousClock.now
      #expect(try await running.end().status == 0)
      #expect(ContinuousClock.now - start < .seconds(10))
      try await group.waitForAll()
    }
    let kept = Set(try await column("SELECT DedupKey FROM data_alert"))
    #expect(acknowledged.all.subtracting(kept).isEmpty)
  }

  private func column(_ sql: String) async throws -> [String] {
    let ended = try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql])
    #expect(ended.status == 0, "\(ended.talk)")
    return ended.output.split(separator: "\n").map(String.init)
  }
}
