import CMariaDB
import Foundation
import Storage

/// One connection to one server, used by one thread at a time. Every call blocks.
final class MariaDBConnection {
  /// What a connection is for.
  enum Purpose {
    /// Consistent snapshots.
    case reading
    /// Plain SELECTs lock what they read, so that what is written can be decided by it, whoever else writes.
    case writing
    /// Changes of tables: these may take as long as they take, and drop the index that a foreign key stands on before there
    /// is another.
    case schema

    /// For one answer; 0 for ever.
    fileprivate func seconds(_ limits: MariaDBLimits) -> UInt32 {
      switch self {
      case .reading: limits.readSeconds
      case .writing: limits.writeSeconds
      case .schema: 0
      }
    }
  }

  struct Answer {
    var matched = 0
    var rows: [Row] = []
  }

  /// So that statements with a changing number of binds do not fill the server.
  private static let mostStatements = 200

  let host: MariaDBAddress.Host
  /// How often its host had been left when it was opened.
  var departures = 0
  private let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  private var uses = 0

  private final class Statement {
    let handle: OpaquePointer
    var columns: [String] = []
    var lastUse = 0

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { cmariadb_finish(handle) }
  }

  /// - Throws: ``MariaDBFault``.
  init(_ address: MariaDBAddress, _ host: MariaDBAddress.Host, _ purpose: Purpose, _ limits: MariaDBLimits) throws {
    self.host = host
    handle = try Self.open(address, host, limits, seconds: purpose.seconds(limits))
    try setUp(purpose, limits)
  }

  deinit {
    statements = [:]
    cmariadb_close(handle)
  }

  /// What the server calls it.
  var id: UInt { UInt(cmariadb_id(handle)) }

  /// Whether the server has a transaction open, by what it said last.
  var isInTransaction: Bool { cmariadb_in_transaction(handle) }

  private static func open(
    _ address: MariaDBAddress, _ host: MariaDBAddress.Host, _ limits: MariaDBLimits, seconds: UInt32
  ) throws -> OpaquePointer {
    var fault = cmariadb_fault()
    let texts = [
      host.name, address.user, address.password, address.database, address.ca, address.certificate, address.key,
    ]
    let copies = texts.map { $0.map { strdup($0) } ?? nil }
    defer { for copy in copies { free(copy) } }
    var options = cmariadb_options(
      host: UnsafePointer(copies[0]!), port: UInt32(host.port), user: UnsafePointer(copies[1]!),
      password: UnsafePointer(copies[2]), database: UnsafePointer(copies[3]!), connect_seconds: limits.connectSeconds,
      read_seconds: seconds, write_seconds: seconds, needs_tls: address.tls != .off,
      checks_server: address.tls == .required, ca: UnsafePointer(copies[4]), certificate: UnsafePointer(copies[5]),
      key: UnsafePointer(copies[6]))
    guard let handle = cmariadb_open(&options, &fault) else { throw MariaDBFault(fault) }
    return handle
  }

  /// Makes statements mean here what they mean on SQLite, whatever the server's defaults are.
  private func setUp(_ purpose: Purpose, _ limits: MariaDBLimits) throws {
    let patience = purpose == .schema ? limits.tableSeconds : limits.lockSeconds
    try run(
      """
      SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
      NO_AUTO_VALUE_ON_ZERO,PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,SIMULTANEOUS_ASSIGNMENT,\
      NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, completion_type = 'NO_CHAIN', \
      idle_transaction_timeout = \(purpose == .schema ? 0 : limits.idleSeconds), \
      max_statement_time = \(purpose == .reading ? limits.readSeconds * 5 / 6 : 0), \
      max_recursive_iterations = 4294967295, innodb_lock_wait_timeout = \(patience), \
      foreign_key_checks = \(purpose == .schema ? 0 : 1), unique_checks = 1\
      \(purpose == .schema ? ", lock_wait_timeout = \(patience)" : "")
      """)
    let isolation = purpose == .reading ? "REPEATABLE READ" : "SERIALIZABLE"
    try run("SET SESSION TRANSACTION ISOLATION LEVEL \(isolation)")
    try run("SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin")
    do {
      // In a cluster a node may lag: what it answers shall not be older than what another has acknowledged.
      try run("SET SESSION wsrep_sync_wait = 1")
    } catch let fault as MariaDBFault where fault.code == 1193 {}
  }

  /// Runs one statement as text and forgets its rows.
  func run(_ sql: String) throws {
    var fault = cmariadb_fault()
    var sql = sql
    let isDone = sql.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cmariadb_run(handle, $0.baseAddress!, $0.count, &fault) }
    }
    guard isDone else { throw MariaDBFault(fault) }
  }

  /// Runs one prepared statement, which is kept for the next time.
  func execute(_ sql: String, _ values: [SQLValue]) throws -> Answer {
    for _ in 0..<5 {
      do {
        return try executeOnce(sql, values)
      } catch let fault as MariaDBFault where fault.isOfAnOldStatement {
        // Only what answers with rows fails so, and it has changed nothing.
        statements[sql] = nil
      }
    }
    return try executeOnce(sql, values)
  }

  private func executeOnce(_ sql: String, _ values: [SQLValue]) throws -> Answer {
    let statement = try prepared(sql)
    let wanted = cmariadb_parameters(statement.handle)
    guard wanted == values.count else {
      throw StorageError(.other, "the statement takes \(wanted) values, and \(values.count) are given")
    }
    var fault = cmariadb_fault()
    let isDone = withBinds(values) { cmariadb_execute(statement.handle, $0, &fault) }
    guard isDone else { throw MariaDBFault(fault) }
    let columns = cmariadb_columns(statement.handle)
    if columns > 0 { return Answer(rows: try rows(of: statement, columns)) }
    let matched = Int(cmariadb_matched(statement.handle))
    if cmariadb_warnings(statement.handle) > 0 { try refuseCuts() }
    return Answer(matched: matched)
  }

  /// Spaces beyond the end of a VARCHAR are cut, and so is what follows the whole number in a text, with a mere note (1265),
  /// strict as the session is. The statement has run by then: what throws is undone with its transaction.
  private func refuseCuts() throws {
    for note in try execute("SHOW WARNINGS", []).rows where try note.integer("Code") == 1265 {
      throw MariaDBFault(code: 1265, text: try note.text("Message"))
    }
  }

  private func rows(of statement: Statement, _ columns: Int) throws -> [Row] {
    if statement.columns.isEmpty {
      statement.columns = (0..<columns).map { String(cString: cmariadb_column(statement.handle, $0)) }
    }
    var fault = cmariadb_fault()
    var rows: [Row] = []
    while true {
      switch cmariadb_next(statement.handle, &fault) {
      case 0: return rows
      case 1:
        let values = (0..<columns).map { SQLValue(cmariadb_value(statement.handle, $0)) }
        rows.append(Row(columns: statement.columns, values: values))
      default: throw MariaDBFault(fault)
      }
    }
  }

  private func prepared(_ sql: String) throws -> Statement {
    uses += 1
    if let statement = statements[sql] {
      statement.lastUse = uses
      return statement
    }
    if statements.count >= Self.mostStatements, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      statements[oldest.key] = nil
    }
    var fault = cmariadb_fault()
    var text = sql
    let handle = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cmariadb_prepare(self.handle, $0.baseAddress!, $0.count, &fault) }
    }
    guard let handle else { throw MariaDBFault(fault) }
    let statement = Statement(handle)
    statement.lastUse = uses
    statements[sql] = statement
    return statement
  }

  /// The texts of all values lie behind each other in one buffer while `body` runs.
  private func withBinds<T>(_ values: [SQLValue], _ body: (UnsafePointer<cmariadb_value>?) -> T) -> T {
    var bytes: [UInt8] = []
    var binds: [cmariadb_value] = []
    binds.reserveCapacity(values.count)
    for value in values {
      var bind = cmariadb_value()
      switch value {
      case .null: bind.kind = CMARIADB_NULL
      case .integer(let number): (bind.kind, bind.integer) = (CMARIADB_INTEGER, number)
      case .real(let number): (bind.kind, bind.real) = (CMARIADB_REAL, number)
      case .text(let text):
        bind.kind = CMARIADB_TEXT
        bytes.append(contentsOf: text.utf8)
        bind.length = text.utf8.count
      }
      binds.append(bind)
    }
    bytes.append(0)
    return bytes.withUnsafeBytes { buffer in
      var next = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
      for index in binds.indices where binds[index].kind == CMARIADB_TEXT {
        binds[index].text = next
        next += binds[index].length
      }
      return body(binds)
    }
  }
}

extension SQLValue {
  fileprivate init(_ value: cmariadb_value) {
    switch value.kind {
    case CMARIADB_INTEGER: self = .integer(value.integer)
    case CMARIADB_REAL: self = .real(value.real)
    case CMARIADB_TEXT:
      self = .text(String(decoding: UnsafeRawBufferPointer(start: value.text, count: value.length), as: UTF8.self))
    default: self = .null
    }
  }
}

extension MariaDBFault {
  init(_ fault: cmariadb_fault) {
    code = fault.code
    text = withUnsafeBytes(of: fault.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
