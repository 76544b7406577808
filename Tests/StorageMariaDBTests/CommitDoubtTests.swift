import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// Between server and client stands a relay that cuts the connection when a COMMIT passes: before the server gets it, or
/// after it and before the answer.
@Suite struct CommitDoubtTests {
  @Test(arguments: [CommitCutter.Cut.beforeServer, .beforeClient])
  func `a commit without an answer is looked up: what was kept is not done again, what was not is`(
    _ cut: CommitCutter.Cut
  ) async throws {
    let bench = try await Bench()
    let cutter = try await CommitCutter(to: bench.server.port)
    var address = bench.address
    address.hosts = [.init(name: "127.0.0.1", port: UInt16(cutter.port))]
    let database = try MariaDBDatabase(address)
    let runs = Counter()
    try await database.change { _ in }  // Its row is made, and nothing is in doubt.
    try await database.change(insert("first"))
    cutter.arm(cut)
    let answer = try await database.write { transaction in
      runs.increment()
      // No unique key: a second run would leave a second row.
      try transaction.execute("INSERT INTO item (Name) VALUES (?)", [.text("run \(runs.count)")])
      return runs.count
    }
    #expect(cutter.cuts == 1)
    #expect(runs.count == (cut == .beforeServer ? 2 : 1))
    #expect(answer == runs.count)
    #expect(try bench.sql("SELECT Name FROM item WHERE Name LIKE 'run%'") == "run \(answer)\n")
    try await database.change(insert("last"))
  }

  /// Failure: two answers are lost one after the other, and the caller gets the value of the run that was undone.
  @Test func `of two commits without an answer, the value is that of the one that was kept`() async throws {
    let bench = try await Bench()
    let cutter = try await CommitCutter(to: bench.server.port)
    var address = bench.address
    address.hosts = [.init(name: "127.0.0.1", port: UInt16(cutter.port))]
    let (database, runs) = (try MariaDBDatabase(address), Counter())
    try await database.change(insert("first"))
    cutter.arm(.beforeServer)
    let answer = try await database.write { transaction in
      runs.increment()
      if runs.count == 2 { cutter.arm(.beforeClient) }
      try transaction.execute("INSERT INTO item (Name) VALUES (?)", [.text("run \(runs.count)")])
      return runs.count
    }
    #expect(cutter.cuts == 2 && runs.count == 2 && answer == 2)
    #expect(try bench.sql("SELECT Name FROM item WHERE Name LIKE 'run%'") == "run 2\n")
  }

  @Test func `when nobody can be asked what became of a commit, the error says that it is unknown`() async throws {
    let server = try await MariaDBServer(.relaxed)
    var limits = MariaDBLimits()
    limits.doubtSeconds = 0.5
    let bench = try await Bench(server)
    let cutter = try await CommitCutter(to: server.port)
    var address = bench.address
    address.hosts = [.init(name: "127.0.0.1", port: UInt16(cutter.port))]
    let database = try MariaDBDatabase(address, limits: limits)
    try await database.change(insert("first"))
    cutter.arm(.beforeClient, thenRefuse: true)
    let error = await refusal { try await database.change(insert("second")) }
    #expect(error?.code == .busy && error?.message.contains("became of it") == true, "\(error?.message ?? "accepted")")
  }

  /// Failure: a write that was undone, and then found no way, is said to be of unknown outcome, and somebody looks in vain.
  @Test func `when it is known that a commit was undone, a later failure says what it is`() async throws {
    var limits = MariaDBLimits()
    (limits.lockSeconds, limits.tries, limits.doubtSeconds) = (1, 3, 8)
    let bench = try await Bench()
    let cutter = try await CommitCutter(to: bench.server.port)
    var address = bench.address
    address.hosts = [.init(name: "127.0.0.1", port: UInt16(cutter.port))]
    let database = try MariaDBDatabase(address, limits: limits)
    let (runs, held, mayGo) = (Counter(), Counter(), Counter())
    try await bench.database.change(insert("held"))
    try await database.change(insert("first"))
    cutter.arm(.beforeServer)
    async let holder: Void = bench.database.change { transaction in
      // That row, and no gap beside it.
      _ = try transaction.rows("SELECT Id FROM item WHERE Id = 1 FOR UPDATE")
      held.increment()
      // A body blocks its thread: nothing else of this process stands on it.
      while mayGo.count == 0 { usleep(10_000) }
    }
    _ = try await eventually("somebody holds the row") { held.count > 0 ? true : nil }
    let error = await refusal {
      try await database.change { transaction in
        runs.increment()
        if runs.count > 1 { try transaction.execute("UPDATE item SET Name = 'mine' WHERE Id = 1") }
        try insert("undone")(transaction)
      }
    }
    mayGo.increment()
    try await holder
    #expect(cutter.cuts == 1 && runs.count > 1)
    #expect(
      error?.code == .busy && error?.message.contains("others change the same rows") == true,
      "\(error?.message ?? "accepted")")
    #expect(try bench.sql("SELECT Name FROM item ORDER BY Name") == "first\nheld\n")
  }
}
