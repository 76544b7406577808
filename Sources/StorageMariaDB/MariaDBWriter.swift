import Foundation
import Storage

/// The one connection of a process that writes: groups of writes share a transaction, each under its own savepoint.
///
/// A group is run again when the server gave its transaction up. Whether a transaction was committed whose connection broke
/// during COMMIT can be seen: each begins by setting this writer's row to a number of its own, which works only while the row
/// has none of the same group's. So the same group can never be kept twice, the row tells which of its runs was kept, and a
/// row that is held tells that the first run is not over yet.
struct MariaDBWriter {
  private let hosts: MariaDBHosts
  private let limits: MariaDBLimits
  private let ambience: Ambience
  private let name = UUID().uuidString.lowercased()
  private var connection: MariaDBConnection?
  private let schemaGuard: SchemaGuard?
  private var isPrepared = false
  /// Of the run at hand.
  private var number = 0
  /// Of the first run of the group at hand.
  private var firstNumber = 0
  /// Whether others stood in the way of the group at hand to the end.
  private var wasConflict = false
  /// What those runs of the group at hand answered, by their numbers, whose COMMIT got no answer.
  private var doubtful: [Int: [WriteLine.Outcome]] = [:]
  /// Where such a COMMIT may still be kept.
  private var doubts: Set<MariaDBAddress.Host> = []

  init(_ hosts: MariaDBHosts, _ limits: MariaDBLimits, _ ambience: Ambience, _ schemaGuard: SchemaGuard?) {
    self.schemaGuard = schemaGuard
    self.hosts = hosts
    self.limits = limits
    self.ambience = ambience
  }

  /// Returns each write's own outcome.
  ///
  /// - Throws: ``StorageError`` when no change of the group was kept or, said so, when nobody knows.
  mutating func commit(_ group: [WriteLine.Job]) throws -> [WriteLine.Outcome] {
    firstNumber = number + 1
    (doubtful, doubts) = ([:], [])
    wasConflict = false
    var alone: [Int] = []
    var outcomes: [WriteLine.Outcome]
    do {
      outcomes = try persistently { writer in try writer.attempt(group, &alone) }
    } catch is StorageError where wasConflict && group.count > 1 {
      // One that waits for what somebody else holds shall not take the others with it.
      return oneByOne(group)
    } catch let fault as ClosingFault {
      return group.count > 1 ? oneByOne(group) : [.failure(fault.error)]
    }
    for index in alone { outcomes[index] = changeSchema(group[index]) }
    return outcomes
  }

  private mutating func oneByOne(_ group: [WriteLine.Job]) -> [WriteLine.Outcome] {
    group.map { job in
      do { return try commit([job])[0] } catch { return .failure(error) }
    }
  }

  private mutating func persistently(_ body: (inout MariaDBWriter) throws -> [WriteLine.Outcome]) throws
    -> [WriteLine.Outcome]
  {
    var pauses = Pauses(limits.tries)
    var deadline: ContinuousClock.Instant?
    while true {
      let wasOpen = connection != nil
      do {
        return try body(&self)
      } catch let fault as MariaDBFault {
        let host = connection?.host
        if !fault.isConflict || isInDoubt { connection = nil }
        if isInDoubt, deadline == nil { deadline = .now + .seconds(limits.doubtSeconds) }
        let hasTries = pauses.goOn()
        let goesOn = if let deadline, isInDoubt { .now < deadline } else { hasTries && fault.isWorthAnotherTry }
        guard goesOn else {
          wasConflict = fault.isConflict && !isInDoubt
          if isInDoubt { CommitMetrics.count(.unknown) }
          throw isInDoubt ? Self.unknown : StorageError(fault)
        }
        CommitMetrics.count(fault.isConflict ? CommitMetrics.Reason.conflict : .connection)
        if wasOpen, fault.leavesServer, !isInDoubt { continue }
        if let host, fault.leavesServer { hosts.leave(host) }
        pauses.pause()
      }
    }
  }

  private static let unknown = StorageError(
    .busy,
    "the connection to the database broke during a commit, and it cannot be asked what became of it: look before you try again"
  )

  private var isInDoubt: Bool { !doubts.isEmpty }

  private mutating func attempt(_ group: [WriteLine.Job], _ alone: inout [Int]) throws -> [WriteLine.Outcome] {
    if let connection, hosts.wasLeft(connection) { self.connection = nil }
    let connection = try self.connection ?? connect()
    number += 1
    try connection.run("START TRANSACTION")
    do {
      if let kept = try claim(connection) {
        try connection.run("ROLLBACK")
        guard let outcomes = doubtful[kept] else {
          throw StorageError(.other, "another process writes in this one's name")
        }
        CommitMetrics.count(.kept)
        return outcomes
      }
      // The row was not held any more, so there it was undone. Of another node's COMMIT nobody knows before this one's.
      if doubts.remove(connection.host) != nil, !isInDoubt { CommitMetrics.count(.undone) }
      try checkSchema(connection)
      alone = []
      let closings = Closings()
      let outcomes = try group.indices.map {
        try run(group[$0], $0, isOnly: group.count == 1, &alone, closings, connection)
      }
      if outcomes.allSatisfy(\.isFailure) {
        try connection.run("ROLLBACK")
      } else {
        try noting { state in
          try closings.close(transaction(connection, state, AfterCommit(), closings, mayChangeSchema: false))
        }
        try commit(outcomes, connection)
      }
      if isInDoubt { CommitMetrics.count(.undone) }
      return outcomes
    } catch {
      try? connection.run("ROLLBACK")
      throw error
    }
  }

  private mutating func connect() throws -> MariaDBConnection {
    let connection = try hosts.connect(.writing)
    self.connection = connection
    if !isPrepared {
      isPrepared = true
      // Outside a transaction, where it keeps no locks. What goes wrong here shows again with the next statement.
      try? prepare(connection)
    }
    return connection
  }

  /// Makes this writer's row, or its first transaction would lock the place where it will be, and keep every other new writer
  /// waiting; and forgets those that have been silent for a week.
  private func prepare(_ connection: MariaDBConnection) throws {
    _ = try connection.execute(
      "INSERT IGNORE INTO tocsin_writer (Writer, Number, At) VALUES (?, 0, utc_timestamp(3))", [.text(name)])
    let silent = "At < utc_timestamp() - INTERVAL 7 DAY"
    let names = try connection.execute("SELECT Writer FROM tocsin_writer WHERE \(silent) LIMIT 100", []).rows
    for name in try names.map({ try $0.text("Writer") }) {
      _ = try connection.execute("DELETE FROM tocsin_writer WHERE Writer = ? AND \(silent)", [.text(name)])
    }
  }

  /// Sets this writer's row to the number of this run, or returns that of the run of the same group that was kept.
  private func claim(_ connection: MariaDBConnection) throws -> Int? {
    do {
      let matched = try connection.execute(
        "UPDATE tocsin_writer SET Number = ?, At = utc_timestamp(3) WHERE Writer = ? AND Number < ?",
        [.integer(number), .text(name), .integer(firstNumber)]
      ).matched
      if matched == 1 { return nil }
      let row = try connection.execute("SELECT Number FROM tocsin_writer WHERE Writer = ?", [.text(name)]).rows.first
      if let row { return try row.integer("Number") }
      _ = try connection.execute(
        "INSERT INTO tocsin_writer (Writer, Number, At) VALUES (?, ?, utc_timestamp(3))",
        [.text(name), .integer(number)])
      return nil
    } catch let fault as MariaDBFault where fault.code == 1146 {
      try makeTable()
      try connection.run("ROLLBACK")
      try connection.run("START TRANSACTION")
      return try claim(connection)
    } catch let fault as MariaDBFault where fault.code == 1062 {
      throw MariaDBFault(code: 1213, text: "the row of this writer came up meanwhile")
    }
  }

  private func makeTable() throws {
    let connection = try hosts.connect(.schema)
    try connection.run(
      """
      CREATE TABLE IF NOT EXISTS tocsin_writer (Writer VARCHAR(64) PRIMARY KEY NOT NULL, Number BIGINT NOT NULL, \
      At DATETIME(3) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
      """)
  }

  private func checkSchema(_ connection: MariaDBConnection) throws {
    guard let schemaGuard else { return }
    try noting { state in
      try schemaGuard.check(transaction(connection, state, AfterCommit(), Closings(), mayChangeSchema: false))
    }
  }

  /// - Throws: when the transaction is lost, why; else what `body` throws.
  private func noting(_ body: (MariaDBTransaction.State) throws -> Void) throws {
    let state = MariaDBTransaction.State()
    do {
      try body(state)
    } catch {
      throw state.lost ?? error
    }
  }

  private func run(
    _ job: WriteLine.Job, _ index: Int, isOnly: Bool, _ alone: inout [Int], _ closings: Closings,
    _ connection: MariaDBConnection
  ) throws -> WriteLine.Outcome {
    let state = MariaDBTransaction.State()
    // Replaces the savepoint of the write before.
    if !isOnly { try connection.run("SAVEPOINT job") }
    let afterCommit = AfterCommit()
    let before = closings.left
    let outcome = WriteLine.Outcome {
      try job.run(transaction(connection, state, afterCommit, closings, mayChangeSchema: false), afterCommit)
    }
    if let lost = state.lost { throw lost }
    if state.changesSchema { alone.append(index) }
    if outcome.isFailure || state.changesSchema {
      closings.left = before
      if !isOnly { try connection.run("ROLLBACK TO SAVEPOINT job") }
    }
    return outcome
  }

  private mutating func commit(_ outcomes: [WriteLine.Outcome], _ connection: MariaDBConnection) throws {
    guard connection.isInTransaction else { throw MariaDBFault(code: 1213, text: "the transaction was given up") }
    do {
      try connection.run("COMMIT")
      hosts.goHome(name, number)
    } catch let fault as MariaDBFault {
      // Of a conflict it is known that nothing was kept. 1180 is an error during the commit itself.
      if !fault.isConflict || fault.code == 1180 { keepInMind(outcomes, connection) }
      throw fault
    }
  }

  private mutating func keepInMind(_ outcomes: [WriteLine.Outcome], _ connection: MariaDBConnection) {
    doubtful[number] = outcomes
    doubts.insert(connection.host)
  }

  /// Runs a write that changes tables, statement by statement and without a transaction, since each such change commits.
  /// One at a time in all processes on the same server.
  private func changeSchema(_ job: WriteLine.Job) -> WriteLine.Outcome {
    do {
      let connection = try hosts.connect(.schema)
      let lock = "concat('tocsin schema ', database())"
      guard
        try connection.execute("SELECT get_lock(\(lock), 600) AS IsMine", []).rows.first?.optionalInteger("IsMine") == 1
      else { throw StorageError(.busy, "another process has been changing the tables for ten minutes. Try again") }
      let afterCommit = AfterCommit()
      let state = MariaDBTransaction.State()
      let closings = Closings()
      let transaction = transaction(connection, state, afterCommit, closings, mayChangeSchema: true)
      let value = try job.run(transaction, afterCommit)
      try closings.close(transaction)
      return .success(value)
    } catch let fault as ClosingFault {
      return .failure(fault.error)
    } catch let fault as MariaDBFault {
      return .failure(StorageError(fault))
    } catch {
      return .failure(error)
    }
  }

  private func transaction(
    _ connection: MariaDBConnection, _ state: MariaDBTransaction.State, _ afterCommit: AfterCommit,
    _ closings: Closings, mayChangeSchema: Bool
  ) -> MariaDBTransaction {
    MariaDBTransaction(
      connection: connection, now: ambience.now(), chance: ambience.random, state: state,
      mayChangeSchema: mayChangeSchema, afterCommit: afterCommit, closings: closings)
  }
}

extension WriteLine.Outcome {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
