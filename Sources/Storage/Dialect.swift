/// What differs between the engines. Tables are declared once, in the seeds' own words (VARCHAR, ENUM, DATETIME, JSON,
/// inline INDEX); each engine gets them in the form it understands.
public enum Dialect: String, Sendable {
  case sqlite, mariadb

  /// The statements that create what `ddl` declares on this engine.
  ///
  /// SQLite knows neither ENUM nor inline INDEX and takes anything anywhere, so there an ENUM becomes TEXT with a CHECK,
  /// VARCHAR(n) gets a CHECK on its length, JSON one on its validity, DATETIME and INTEGER on being a time and a whole
  /// number, and each INDEX becomes a statement of its own. That way both engines refuse the same input. MariaDB knows these
  /// words; there times get their milliseconds, numbers 64 bits, and texts the room that SQLite gives them.
  public func statements(_ ddl: String) throws -> [String] {
    switch self {
    case .sqlite: try SQLiteDDL.statements(ddl)
    case .mariadb: [MariaDBDDL.statement(ddl)]
    }
  }

  /// Drops an index of a table.
  public func dropIndex(_ name: String, of table: String) -> String {
    switch self {
    case .sqlite: "DROP INDEX \(name)"
    case .mariadb: "DROP INDEX \(MariaDBDDL.indexName(name, table)) ON \(table)"
    }
  }

  /// Whether a CREATE, ALTER or DROP commits whatever was done before it, and itself.
  public var commitsSchemaChanges: Bool { self == .mariadb }

  /// Whether a statement changes tables, not rows.
  public func changesSchema(_ sql: String) -> Bool {
    let word = sql.drop { $0.isWhitespace }.prefix { $0.isLetter }
    return ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"].contains(word.uppercased())
  }

  /// A change of tables that does nothing where it has been made already.
  func repeatable(_ sql: String) -> String {
    switch self {
    case .sqlite: sql
    case .mariadb: MariaDBDDL.repeatable(sql)
    }
  }

  /// A statement that waits for rows that others hold, for a second; where writers work one after the other, as ever.
  func waitingBriefly(_ sql: String) -> String {
    switch self {
    case .sqlite: sql
    case .mariadb: "SET STATEMENT innodb_lock_wait_timeout = 1 FOR \(sql)"
    }
  }

  /// The names of all tables but the engine's own, as `name`.
  public var tableNames: String {
    switch self {
    case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    case .mariadb:
      """
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() \
      AND table_type = 'BASE TABLE' AND table_name <> 'tocsin_writer' ORDER BY table_name
      """
    }
  }

  /// Asks for the engine's own time, as `Now`; nil where it is this machine's.
  public var clock: String? {
    switch self {
    case .sqlite: nil
    case .mariadb: "SELECT utc_timestamp(3) AS Now"
    }
  }

  /// The columns of the table whose name is bound, as `name`.
  public var columnNames: String {
    switch self {
    case .sqlite: "SELECT name FROM pragma_table_info(?)"
    case .mariadb:
      "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = database() AND table_name = ?"
    }
  }

  /// The end of a SELECT of a row that every writer reads and then changes. Where writers work at the same time, both would
  /// share it and then wait for each other; so the first one has it alone.
  public var toChange: String {
    switch self {
    case .sqlite: ""
    case .mariadb: " FOR UPDATE"
    }
  }

  /// A condition on `column` (an incident's guid) that is true when some text of the incident matches one bound query.
  public func matchesSearch(_ column: String) -> String {
    switch self {
    case .sqlite:
      """
      \(column) IN (SELECT entry.IncidentGuid FROM tocsin_search JOIN tocsin_search_entry AS entry \
      ON entry.Id = tocsin_search.rowid WHERE tocsin_search MATCH ?)
      """
    case .mariadb: "\(column) IN (SELECT IncidentGuid FROM tocsin_search WHERE \(Self.fullText))"
    }
  }

  /// Counts the texts that match one bound query, up to a bound limit.
  public var countMatches: String {
    switch self {
    case .sqlite: "SELECT count(*) FROM (SELECT 1 FROM tocsin_search WHERE tocsin_search MATCH ? LIMIT ?)"
    case .mariadb: "SELECT count(*) FROM (SELECT 1 FROM tocsin_search WHERE \(Self.fullText) LIMIT ?) AS found"
    }
  }

  private static let fullText = "MATCH (Body) AGAINST (? IN BOOLEAN MODE)"

  /// The bound query for one word of a search: the word, or any longer word that starts with it.
  public func searchTerm(_ word: String) -> String {
    switch self {
    case .sqlite: SQLiteSearch.query(word)
    case .mariadb: MariaDBSearch.query(word)
    }
  }
}
