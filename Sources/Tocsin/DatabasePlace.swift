import Storage
import StorageMariaDB

/// Where a database is: an SQLite file, or one on MariaDB.
public enum DatabasePlace: Sendable, CustomStringConvertible {
  case sqlite(path: String)
  case mariaDB(MariaDBAddress)

  /// Reads a path, `sqlite:PATH` or `mariadb://USER:PASSWORD@HOST:PORT[,HOST:PORT…]/NAME`.
  ///
  /// - Throws: ``StorageError`` with code `cannotOpen` that says what is wrong, without the password.
  public init(_ text: String) throws {
    if MariaDBAddress.isMeant(by: text) {
      self = .mariaDB(try MariaDBAddress(text))
      return
    }
    guard !text.contains("://") else {
      throw StorageError(
        .cannotOpen, "the database is neither SQLite nor MariaDB. Allowed: sqlite:PATH, a plain path, or mariadb://…")
    }
    let path = text.hasPrefix("sqlite:") ? String(text.dropFirst(7)) : text
    guard !path.isEmpty, path != ":memory:" else {
      throw StorageError(.cannotOpen, "the database must be a file: sqlite:PATH, or a plain path")
    }
    self = .sqlite(path: path)
  }

  /// For people: without the password.
  public var description: String {
    switch self {
    case .sqlite(let path): path
    case .mariaDB(let address): address.description
    }
  }

  /// Opens it. SQLite makes a file that is missing; nothing is migrated.
  ///
  /// - Parameter schemaGuard: refuses what this program is too old for.
  /// - Throws: ``StorageError``.
  public func open(
    ambience: Ambience = Ambience(), limits: MariaDBLimits = MariaDBLimits(), schemaGuard: SchemaGuard? = nil
  ) throws -> any Database {
    switch self {
    case .sqlite(let path): try SQLiteDatabase(path: path, ambience: ambience, schemaGuard: schemaGuard)
    case .mariaDB(let address):
      try MariaDBDatabase(address, limits: limits, ambience: ambience, schemaGuard: schemaGuard)
    }
  }
}
