import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// Two servers, of which the first dies and comes back. Failure: after an outage some processes write to one and some to the
/// other until somebody restarts them, and what one has locked does not keep the other out.
@Suite struct HomeTests {
  private static func port(_ database: MariaDBDatabase) async throws -> Int {
    try await database.read { try $0.row("SELECT @@port AS Port")?.integer("Port") ?? 0 }
  }

  private static func writingPort(_ database: MariaDBDatabase) async throws -> Int {
    try await database.write { transaction in
      try transaction.execute("UPDATE item SET Name = Name WHERE Name = 'none'")
      return try transaction.row("SELECT @@port AS Port")?.integer("Port") ?? 0
    }
  }

  /// A database that both have, with a table `item`, and how it is opened.
  private static func pair(_ first: MariaDBServer, _ second: MariaDBServer) throws -> MariaDBDatabase {
    var address = try MariaDBAddress(first.makeDatabase())
    address.hosts += try MariaDBAddress(second.makeDatabase(address.database)).hosts
    for server in [first, second] {
      _ = try server.sql(
        "CREATE TABLE item (Name VARCHAR(10) PRIMARY KEY) COLLATE utf8mb4_nopad_bin", in: address.database)
    }
    var limits = MariaDBLimits()
    limits.homeSeconds = 0.5
    return try MariaDBDatabase(address, limits: limits)
  }

  @Test func `reads and writes go back to the first server once it is up to date, and no caller notices`() async throws
  {
    let (first, second) = (
      try await MariaDBServer(.full, isReplicated: true), try await MariaDBServer(.relaxed, isReplicated: true)
    )
    let database = try Self.pair(first, second)
    try first.follow(second)
    let (kept, stop) = (Collected<String>(), Counter())
    let writers = (0..<4).map { writer in
      Task {
        var number = 0
        while stop.count == 0 {
          try await database.change(insert("\(writer)-\(number)"))
          kept.add("\(writer)-\(number)")
          number += 1
          try await Task.sleep(for: .milliseconds(5))
        }
      }
    }
    for _ in 0..<2 {
      try await Task.sleep(for: .milliseconds(300))
      #expect(try await Self.port(database) == first.port)
      try first.kill()
      _ = try await eventually("it goes on with the second") {
        try await Self.port(database) == second.port ? true : nil
      }
      try await first.start()
      _ = try await eventually("it goes home") { try await Self.port(database) == first.port ? true : nil }
      #expect(try await Self.writingPort(database) == first.port)
    }
    stop.increment()
    for writer in writers { try await writer.value }
    // What was written to the second has come to the first.
    let name = database.address.database
    let there = Set(try first.sql("SELECT Name FROM item", in: name).split(separator: "\n").map(String.init))
    #expect(try !second.sql("SELECT Name FROM item", in: name).isEmpty)
    #expect(Set(kept.all).subtracting(there) == [] && kept.all.count > 50)
  }

  /// Failure: what was acknowledged meanwhile is not there any more, and what is written from then on is not with it.
  @Test func `a first server that lacks what was written meanwhile, or takes no writes, is left alone`() async throws {
    let (first, second) = (try await MariaDBServer(.relaxed), try await MariaDBServer(.relaxed))
    let database = try Self.pair(first, second)
    try await database.change(insert("one"))
    try first.kill()
    try await database.change(insert("two"))
    try await first.start()
    for number in 0..<30 {
      try await database.change(insert("\(number)"))
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try await Self.port(database) == second.port)
    #expect(try await Self.writingPort(database) == second.port)
    // All of it, and read-only.
    _ = try first.sql("SET GLOBAL read_only = 1", in: "mysql")
    let name = database.address.database
    try first.load(second.dump(name), into: name)
    for _ in 0..<30 {
      #expect(try await Self.port(database) == second.port)
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Failure: the writer has found out that a server is silent, and each reader finds out for itself, half a minute long.
  @Test func `readers do not wait for a server that the writer has left`() async throws {
    let (first, second) = (try await MariaDBServer(.relaxed), try await MariaDBServer(.relaxed))
    var address = try MariaDBAddress(first.makeDatabase())
    address.hosts += try MariaDBAddress(second.makeDatabase(address.database)).hosts
    var limits = MariaDBLimits()
    (limits.writeSeconds, limits.lockSeconds, limits.readSeconds) = (1, 1, 120)
    let database = try MariaDBDatabase(address, limits: limits)
    let arrived = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try await database.read { transaction in
            _ = try transaction.integer("SELECT 1")
            arrived.increment()
            // Each on a connection of its own.
            while arrived.count < 3 { usleep(1000) }
          }
        }
      }
      try await group.waitForAll()
    }
    _ = try await database.write { try $0.integer("SELECT 1") }
    try first.hang()
    defer { try? first.goOn() }
    _ = try await database.write { try $0.integer("SELECT 1") }
    let start = ContinuousClock.now
    async let answers = [Self.port(database), Self.port(database), Self.port(database)]
    #expect(try await answers == Array(repeating: second.port, count: 3))
    #expect(.now - start < .seconds(60))
  }
}
