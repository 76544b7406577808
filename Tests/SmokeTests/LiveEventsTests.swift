import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct LiveEventsTests {
  private let tocsin = Program()

  /// Failure: readers cost memory or time that writers or other readers pay for, or miss an event when they come back.
  @Test func `450 readers hear all while 50 never read, one comes back 200 times, and memory stays bounded`()
    async throws
  {
    OpenFiles.allowMany()
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try #require(Int(try await server.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)))
    let token = try await tocsin.run("create-token", "--name", "t", "--role", "admin", "-q").line
    var sender = AlertSender(server: "http://127.0.0.1:\(port)")
    sender.token = token
    #expect(try await sender.send("first") == 200)
    let before = try server.memory().now

    let deaf = try await Self.readers(50, port, token, reads: false)
    let readers = try await Self.readers(450, port, token, after: 0)
    #expect(readers.allSatisfy { $0.status == "HTTP/1.1 200 OK" })
    async let hopped = Self.hop(200, port, token)
    try await write(2000, sender)
    let last = try #require(
      Int(
        try await tocsin.run(
          program: "/usr/bin/sqlite3", [tocsin.database, "SELECT max(Seq) FROM data_incident_timeline"]
        ).line))
    #expect(last >= 2000)
    _ = try await eventually("every reader heard all; fewest: \(readers.map(\.count).min() ?? 0)", within: 90) {
      readers.allSatisfy { $0.count >= last } ? true : nil
    }
    let whole = Array(1...last)
    #expect(readers.allSatisfy { $0.ids == whole })

    let early = try await hopped
    let rest = try await EventReader.open(port, token: token, after: early.last)
    _ = try await eventually("the rest came") { early.count + rest.count >= last ? true : nil }
    #expect(early + rest.ids == whole)

    let most = try server.memory().most
    #expect(most - before <= 64 << 10, "\(before) KiB before, \(most) KiB at most")
    server.signal(SIGTERM)
    let start = ContinuousClock.now
    #expect(try await server.end().status == 0)
    #expect(ContinuousClock.now - start < .seconds(10))
    withExtendedLifetime(deaf) {}
  }

  /// Writes more than `count` events: in bursts by the server, and some by other processes.
  private func write(_ count: Int, _ sender: AlertSender) async throws {
    let id = try #require(
      try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").first.map(String.init))
    try await withThrowingTaskGroup { group in
      group.addTask {
        for burst in 0..<(count / 50) {
          let status = try await sender.post(Self.burst(burst, of: 50))
          #expect(status == 200)
        }
      }
      group.addTask {
        for number in 0..<10 {
          let ended = try await tocsin.run("add-note", id, "GENERAL", "note \(number)")
          #expect(ended.status == 0)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Alerts of one incident.
  private static func burst(_ number: Int, of count: Int) -> String {
    let alerts = (0..<count).map {
      """
      {"status": "firing", "labels": {"alertname": "b\(number)n\($0)", "severity": "critical"},
       "annotations": {"summary": "Alert \($0) of burst \(number)"}, "startsAt": "2026-11-21T10:00:00Z",
       "fingerprint": "b\(number)n\($0)"}
      """
    }
    return """
      {"version": "4", "groupKey": "burst \(number)", "status": "firing", "alerts": [\(alerts.joined(separator: ","))]}
      """
  }

  private static func readers(
    _ count: Int, _ port: Int, _ token: String, after last: Int? = nil, reads: Bool = true
  ) async throws -> [EventReader] {
    try await withThrowingTaskGroup { group in
      for _ in 0..<count {
        group.addTask { try await EventReader.open(port, token: token, after: last, reads: reads) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// Reads from the beginning by connections that end anywhere, each going on after what the last one took.
  private static func hop(_ times: Int, _ port: Int, _ token: String) async throws -> [Int] {
    var heard: [Int] = []
    for _ in 0..<times {
      let reader = try await EventReader.open(port, token: token, after: heard.last ?? 0)
      let wanted = Int.random(in: 1...10)
      heard += try await eventually("some came", within: 40) { reader.count == 0 ? nil : reader.ids.prefix(wanted) }
      reader.close()
    }
    return heard
  }
}

/// A test with a thousand sockets needs more than the usual number of open files.
enum OpenFiles {
  static func allowMany() {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    getrlimit(files, &limit)
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 8192))
    setrlimit(files, &limit)
  }
}
