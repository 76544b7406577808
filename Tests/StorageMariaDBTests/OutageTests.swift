import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

@Suite struct OutageTests {
  @Test func `a deadlock is run again, body and all`() async throws {
    let bench = try await Bench()
    try await bench.database.change { transaction in
      for name in ["a", "b"] { try insert(name)(transaction) }
    }
    let databases = [bench.database, try MariaDBDatabase(bench.address)]
    let runs = Counter()
    // Each holds one row and asks for the other's: one of them must be given up.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, database) in databases.enumerated() {
        let names: [SQLValue] = index == 0 ? ["a", "b"] : ["b", "a"]
        group.addTask {
          try await database.change { transaction in
            runs.increment()
            let isFirstRun = runs.count <= 2
            try transaction.execute("UPDATE item SET Id = Id + 10 WHERE Name = ?", [names[0]])
            if isFirstRun { Thread.sleep(forTimeInterval: 0.3) }
            try transaction.execute("UPDATE item SET Id = Id + 100 WHERE Name = ?", [names[1]])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(runs.count >= 3)
    #expect(try await bench.database.read { try $0.integer("SELECT sum(Id) FROM item") } == 3 + 220)
  }

  @Test func `a body that swallows a deadlock does not keep half of its work`() async throws {
    let bench = try await Bench()
    try await bench.database.change(insert("a"))
    let runs = Counter()
    try await bench.database.change { transaction in
      runs.increment()
      try insert("half")(transaction)
      if runs.count > 1 { return }
      let id = try transaction.integer("SELECT connection_id()")
      _ = try bench.server.sql("KILL \(id)", in: "mysql")
      _ = try? transaction.execute("UPDATE item SET Name = 'b' WHERE Name = 'a'")
    }
    #expect(runs.count == 2)
    #expect(try bench.sql("SELECT Name FROM item ORDER BY Name") == "a\nhalf\n")
  }

  @Test func `connections that were killed are opened again, for reading and writing`() async throws {
    let bench = try await Bench()
    _ = try await bench.count()
    let ids = try bench.sql("SELECT id FROM information_schema.processlist WHERE user = 'tocsin' AND db = database()")
      .split(separator: "\n")
    #expect(ids.count == 2)
    for id in ids { _ = try bench.server.sql("KILL \(id)", in: "mysql") }
    #expect(try await bench.count() == 0)
    try await bench.database.change(insert("x"))
    #expect(try await bench.count() == 1)
  }

  /// Failure: one write that waits for a row takes hundreds with it that share its commit.
  @Test func `a lock that others hold for too long makes the write busy, and no other one beside it`() async throws {
    var limits = MariaDBLimits()
    (limits.lockSeconds, limits.tries) = (1, 2)
    let bench = try await Bench(limits: limits)
    try await bench.database.change(insert("a"))
    try await bench.database.change { try $0.execute("CREATE TABLE free (Id INTEGER PRIMARY KEY)") }
    let other = try MariaDBDatabase(bench.address)
    let (held, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let holder = Task {
      try await other.change { transaction in
        try transaction.execute("UPDATE item SET Name = 'b'")
        held.signal()
        go.wait()
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        held.wait()
        continuation.resume()
      }
    }
    // What comes while this one is under way shares the next commit.
    let slow = Task { try await bench.database.change { _ in Thread.sleep(forTimeInterval: 0.5) } }
    try await Task.sleep(for: .milliseconds(100))
    let stuck = Task {
      await refusal { try await bench.database.change { try $0.execute("UPDATE item SET Name = 'c'") } }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...5 {
        group.addTask {
          try await bench.database.change { try $0.execute("INSERT INTO free (Id) VALUES (?)", [.integer(number)]) }
        }
      }
      try await group.waitForAll()
    }
    let error = await stuck.value
    go.signal()
    try await holder.value
    try await slow.value
    #expect(error?.code == .busy)
    #expect(try bench.sql("SELECT Name FROM item") == "b\n")
    #expect(try bench.sql("SELECT count(*) FROM free") == "5\n")
  }

  @Test func `a server that is killed and comes back has every write that was acknowledged, and each once`()
    async throws
  {
    let bench = try await Bench(MariaDBServer(.full))
    let (kept, refused) = (Collected<String>(), Collected<StorageError>())
    let stop = Counter()
    let writers = (0..<8).map { writer in
      Task {
        var number = 0
        while stop.count == 0 {
          let name = "\(writer)-\(number)"
          number += 1
          do {
            try await bench.database.change(insert(name))
            kept.add(name)
          } catch let error as StorageError {
            refused.add(error)
          }
        }
      }
    }
    for _ in 0..<3 {
      try await Task.sleep(for: .milliseconds(300))
      try bench.server.kill()
      try await Task.sleep(for: .milliseconds(100))
      try await bench.server.start()
    }
    try await Task.sleep(for: .milliseconds(300))
    stop.increment()
    for writer in writers { try await writer.value }
    let there = Set(try bench.sql("SELECT Name FROM item").split(separator: "\n").map(String.init))
    #expect(kept.all.count > 100)
    #expect(Set(kept.all).subtracting(there) == [], "acknowledged and lost")
    #expect(refused.all.allSatisfy { $0.code == .busy }, "\(refused.all.map(\.message).prefix(3))")
    // A write that was kept and run again would have broken the unique name.
    try await bench.database.change(insert("after"))
  }

  @Test func `the next host is asked when the first is away, and writes go where they are taken`() async throws {
    let (first, second) = (try await MariaDBServer(.relaxed), try await MariaDBServer.shared())
    let bench = try await Bench(first)
    var address = bench.address
    let other = try MariaDBAddress(second.makeDatabase(address.database))
    address.hosts += other.hosts
    let database = try MariaDBDatabase(address)
    _ = try second.sql(
      "CREATE TABLE item (Id BIGINT AUTO_INCREMENT PRIMARY KEY, Name VARCHAR(10))", in: address.database)
    try await database.change(insert("one"))
    #expect(try await database.read { try $0.row("SELECT @@port AS Port")?.integer("Port") } == first.port)
    try first.kill()
    try await database.change(insert("two"))
    #expect(try await database.read { try $0.row("SELECT @@port AS Port")?.integer("Port") } == second.port)
    #expect(try second.sql("SELECT Name FROM item", in: address.database) == "two\n")
    try await first.start()
    #expect(try bench.sql("SELECT Name FROM item") == "one\n")
  }

  @Test func `a read-only server is passed over, and alone it says so`() async throws {
    let (first, second) = (try await MariaDBServer(.relaxed), try await MariaDBServer.shared())
    let bench = try await Bench(first)
    _ = try first.sql("SET GLOBAL read_only = 1", in: "mysql")
    let alone = try MariaDBDatabase(bench.address)
    let error = await refusal { try await alone.change(insert("x")) }
    #expect(error?.code == .readOnly, "\(error?.message ?? "accepted")")
    #expect(try await bench.count(alone) == 0)
    // One that becomes read-only while it is in use, too.
    var address = bench.address
    address.hosts += try MariaDBAddress(second.makeDatabase(address.database)).hosts
    let database = try MariaDBDatabase(address)
    try await database.change { _ = try $0.integer("SELECT 1") }
    #expect(try await database.read { try $0.row("SELECT @@port AS Port")?.integer("Port") } == second.port)
  }

  /// Failure: a machine falls silent in the middle of a transaction, and what it has locked stays locked for hours.
  @Test func `a writer that falls silent holds up others for a moment only, and its own write is made anew`()
    async throws
  {
    var limits = MariaDBLimits()
    limits.idleSeconds = 1
    let bench = try await Bench(limits: limits)
    try await bench.database.change(insert("a"))
    let runs = Counter()
    let silent = Task {
      try await bench.database.change { transaction in
        runs.increment()
        try transaction.execute("UPDATE item SET Name = 'b' WHERE Name = 'a'")
        if runs.count == 1 { Thread.sleep(forTimeInterval: 4) }
      }
    }
    _ = try await eventually("it holds the row") { runs.count > 0 ? true : nil }
    try await Task.sleep(for: .milliseconds(100))
    let start = ContinuousClock.now
    try await MariaDBDatabase(bench.address).change { try $0.execute("UPDATE item SET Id = Id + 1") }
    #expect(ContinuousClock.now - start < .seconds(3.5))
    try await silent.value
    #expect(runs.count == 2)
    #expect(try bench.sql("SELECT Name FROM item") == "b\n")
  }
}
