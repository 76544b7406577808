import Foundation
import GRDB
import GRDBSQLite

/// A ``Transaction`` on one GRDB connection.
struct SQLiteTransaction: Transaction {
  let connection: GRDB.Database
  let now: Date
  let chance: @Sendable () -> UInt64
  /// What waits for the commit; nil for a read.
  var afterCommit: AfterCommit?
  var closings: Closings?

  var dialect: Dialect { .sqlite }

  func random() -> UInt64 { chance() }

  func whenCommitted(_ action: @escaping @Sendable () -> Void) { afterCommit?.actions.append(action) }

  @discardableResult
  func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
    try translatingErrors {
      if ["CREATE TABLE", "ALTER TABLE"].contains(where: { sql.utf8.starts(with: $0.utf8) }) {
        for statement in try dialect.statements(sql) { try connection.execute(sql: statement) }
        return 0
      }
      try connection.cachedStatement(sql: sql).execute(arguments: arguments(values))
      return connection.changesCount
    }
  }

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
    try translatingErrors {
      let statement = try connection.cachedStatement(sql: sql)
      let cursor = try GRDB.Row.fetchCursor(statement, arguments: arguments(values))
      var answer: [Row] = []
      let columns = statement.columnNames
      while let row = try cursor.next() {
        // Only the first step notices that another process has changed the schema, and GRDB goes on by the former columns.
        if answer.isEmpty, names(statement) != columns {
          connection.clearSchemaCache()
          return try self.rows(sql, values)
        }
        answer.append(Row(columns: columns, values: row.databaseValues.map { SQLValue($0) }))
      }
      return answer
    }
  }

  private func names(_ statement: Statement) -> [String] {
    let handle = statement.sqliteStatement
    return (0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) }
  }

  private func arguments(_ values: [SQLValue]) -> StatementArguments {
    StatementArguments(values.map { $0.databaseValue })
  }
}

extension SQLValue {
  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    }
  }

  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .real(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .text(String(decoding: data, as: UTF8.self))
    }
  }
}

/// Runs `body` and gives SQLite's faults their names (sqlite.org/rescode.html).
func translatingErrors<T>(_ body: () throws -> T) throws -> T {
  do {
    return try body()
  } catch let error as DatabaseError {
    throw StorageError(error)
  }
}

extension StorageError {
  init(_ error: DatabaseError) { self.init(Storage.code(of: error), sentence(for: error)) }
}

private func code(of error: DatabaseError) -> StorageError.Code {
  switch error.extendedResultCode {
  case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: return .unique
  case .SQLITE_CONSTRAINT_FOREIGNKEY: return .foreignKey
  case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL: return .check
  // The shared memory beside the log could not grow: there is no room left even to read.
  case .SQLITE_IOERR_SHMSIZE: return .full
  default: break
  }
  switch error.resultCode {
  // Text in a primary key of numbers.
  case .SQLITE_MISMATCH: return .check
  case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
  case .SQLITE_READONLY, .SQLITE_PERM: return .readOnly
  case .SQLITE_FULL: return .full
  case .SQLITE_CORRUPT: return .corrupt
  case .SQLITE_NOTADB: return .notADatabase
  case .SQLITE_CANTOPEN: return .cannotOpen
  case .SQLITE_IOERR: return .io
  default: return .other
  }
}

private func sentence(for error: DatabaseError) -> String {
  switch code(of: error) {
  case .full: "the disk is full: nothing was written. Free some space and try again"
  case .readOnly: "the database cannot be written: it is read-only for this user, or the disk is"
  case .corrupt: "the database file is damaged. Restore the last backup; `sqlite3 FILE .recover` may save the rest"
  case .notADatabase: "the file is not an SQLite database. Name another file, or move this one away"
  case .busy: "the database is busy: another program holds it. Try again"
  case .io: "the disk failed to read or write the database: \(error.message ?? "no details")"
  default: error.message ?? "error \(error.extendedResultCode.rawValue)"
  }
}

/// What one write wants done once it is on disk.
package final class AfterCommit {
  package var actions: [@Sendable () -> Void] = []

  package init() {}
}
