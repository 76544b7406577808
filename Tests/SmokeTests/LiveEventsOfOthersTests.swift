import Foundation
import StorageMariaDB
import TestSupport
import Testing

/// Live events of what other servers on the same database write.
@Suite(.serialized) struct LiveEventsOfOthersTests {
  @Test(arguments: TestDatabase.all)
  func `What one server commits is heard at another within a second`(_ engine: TestDatabase) async throws {
    let servers = try await Servers(2, on: engine)
    let reader = try await EventReader.open(servers[1].port, token: servers.token)
    var slowest = Duration.zero
    for number in 1...20 {
      #expect(try await servers.sender(0).create("i\(number)") == 201)
      let start = ContinuousClock.now
      // Twice what is promised, for a machine that has more to do.
      _ = try await eventually("it was heard", within: 2) { reader.count >= number ? true : nil }
      slowest = max(slowest, ContinuousClock.now - start)
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...300)))
    }
    #expect(reader.ids == Array(1...20))
    print("\(engine): an event of another server was heard after \(slowest) at most")
    _ = try await servers.stop()
  }

  /// Failure: servers that write at once commit events out of order, and a reader that goes from one to the other misses one
  /// or hears it twice.
  @Test(arguments: TestDatabase.all)
  func `While two servers write, a reader that changes between them hears every event once, in order`(
    _ engine: TestDatabase
  ) async throws {
    let servers = try await Servers(2, on: engine)
    let last = 1 + 2 * 4 * 40
    #expect(try await servers.sender(0).create("first") == 201)
    async let heard = hop(servers, until: last)
    let steady = try await EventReader.open(servers[0].port, token: servers.token, after: 0)
    try await withThrowingTaskGroup { group in
      for writer in 0..<8 {
        group.addTask {
          for number in 0..<40 {
            let status = try await servers.sender(writer).create("w\(writer)-\(number)")
            #expect(status == 201)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await heard == Array(1...last))
    _ = try await eventually("the steady reader heard all") { steady.count >= last ? true : nil }
    #expect(steady.ids == Array(1...last))
    _ = try await servers.stop()
  }

  /// Reads by connections that end anywhere, at the one and the other server in turn.
  private func hop(_ servers: Servers, until last: Int) async throws -> [Int] {
    var (heard, hops) = ([Int](), 0)
    while heard.last ?? 0 < last {
      let reader = try await EventReader.open(servers[hops].port, token: servers.token, after: heard.last ?? 0)
      hops += 1
      let wanted = Int.random(in: 1...30)
      heard += try await eventually("some came", within: 40) { reader.count == 0 ? nil : reader.ids.prefix(wanted) }
      reader.close()
    }
    return heard
  }

  /// Failure: each reader asks the database for itself, and a wall of screens is a load.
  @Test func `Five hundred readers who wait cost the database as much as one`() async throws {
    OpenFiles.allowMany()
    let server = try await MariaDBServer(.relaxed)
    let servers = try await Servers(1, ["TOCSIN_DATABASE": try server.makeDatabase()])
    let one = try await EventReader.open(servers[0].port, token: servers.token)
    try await Task.sleep(for: .seconds(1))
    let alone = try await questions(server)
    var others: [EventReader] = []
    for _ in 0..<500 { others.append(try await EventReader.open(servers[0].port, token: servers.token)) }
    try await Task.sleep(for: .seconds(1))
    let together = try await questions(server)
    print("questions to the database in 5 s: \(alone) with one reader, \(together) with 501")
    // Each reader's right to read is looked at every 15 seconds, many at a time.
    #expect(together < alone * 2 + 500)
    #expect(try await servers.sender(0).create("x") == 201)
    let all = others + [one]
    _ = try await eventually("all heard it") { all.allSatisfy { $0.count == 1 } ? true : nil }
    _ = try await servers.stop()
  }

  /// How many statements the server gets in five seconds.
  private func questions(_ server: MariaDBServer) async throws -> Int {
    func sofar() throws -> Int {
      let line = try server.sql("SHOW GLOBAL STATUS LIKE 'Questions'", in: "mysql")
      return Int(line.split(whereSeparator: \.isWhitespace).last ?? "") ?? 0
    }
    let before = try sofar()
    try await Task.sleep(for: .seconds(5))
    return try sofar() - before
  }
}
