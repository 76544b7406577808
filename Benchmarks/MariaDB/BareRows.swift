import CMariaDB
import Foundation
import StorageMariaDB

/// What MariaDB itself can do: a prepared INSERT over and over, one row in each commit, on so many connections.
enum BareRows {
  static func inserts(_ address: String, connections: Int, seconds: Double) async throws -> Timing {
    let address = try MariaDBAddress(address)
    try Connection(address).run(
      """
      CREATE TABLE IF NOT EXISTS bare (Guid VARCHAR(36) PRIMARY KEY, Title VARCHAR(255), Status VARCHAR(20),
        CreatedAt DATETIME(3), Body TEXT, KEY (CreatedAt, Guid), KEY (Status, CreatedAt, Guid)) ENGINE=InnoDB
      """)
    let start = ContinuousClock.now
    let runs = try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<connections { group.addTask { try await onThread { try insert(address, seconds) } } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    return Timing(runs: runs, total: (ContinuousClock.now - start).seconds)
  }

  private static func insert(_ address: MariaDBAddress, _ seconds: Double) throws -> [Double] {
    let connection = try Connection(address)
    let statement = try connection.prepare("INSERT INTO bare VALUES (?, ?, ?, ?, ?)")
    let start = ContinuousClock.now
    var runs: [Double] = []
    while (ContinuousClock.now - start).seconds < seconds {
      let began = ContinuousClock.now
      try statement.run([
        UUID().uuidString, "Database connection pool exhausted", "CREATED", "2026-11-21 16:28:03.120",
        String(repeating: "x", count: 200),
      ])
      runs.append((ContinuousClock.now - began).seconds)
    }
    return runs
  }

  private static func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try body() }) }.start()
    }
  }
}

private final class Connection {
  private let handle: OpaquePointer

  init(_ address: MariaDBAddress) throws {
    if let fault = cmariadb_load("libmariadb.so.3") { throw BenchmarkFault(String(cString: fault)) }
    var fault = cmariadb_fault()
    let password = address.password ?? ""
    let names: [String] = [address.hosts[0].name, address.user, password, address.database]
    let texts = names.map { strdup($0)! }
    defer { for text in texts { free(text) } }
    var options = cmariadb_options(
      host: texts[0], port: UInt32(address.hosts[0].port), user: texts[1], password: texts[2], database: texts[3],
      connect_seconds: 5, read_seconds: 60, write_seconds: 60, needs_tls: false, checks_server: false, ca: nil,
      certificate: nil, key: nil)
    guard let handle = cmariadb_open(&options, &fault) else { throw BenchmarkFault("no connection: \(fault.code)") }
    self.handle = handle
  }

  deinit { cmariadb_close(handle) }

  func run(_ sql: String) throws {
    var fault = cmariadb_fault()
    guard cmariadb_run(handle, sql, sql.utf8.count, &fault) else { throw BenchmarkFault("\(fault.code): \(sql)") }
  }

  func prepare(_ sql: String) throws -> Statement {
    var fault = cmariadb_fault()
    guard let statement = cmariadb_prepare(handle, sql, sql.utf8.count, &fault) else {
      throw BenchmarkFault("\(fault.code): \(sql)")
    }
    return Statement(connection: self, handle: statement)
  }
}

private struct Statement {
  let connection: Connection
  let handle: OpaquePointer

  func run(_ values: [String]) throws {
    let texts = values.map { strdup($0)! }
    defer { for text in texts { free(text) } }
    let binds = texts.map {
      cmariadb_value(kind: CMARIADB_TEXT, integer: 0, real: 0, text: UnsafePointer($0), length: strlen($0))
    }
    var fault = cmariadb_fault()
    guard cmariadb_execute(handle, binds, &fault) else { throw BenchmarkFault("an insert failed: \(fault.code)") }
  }
}
