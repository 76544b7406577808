/// What differs between the engines. Tables are declared once, in the seeds' own words (VARCHAR, ENUM, DATETIME, JSON,
/// inline INDEX); each engine gets them in the form it understands.
public enum Dialect: String, Sendable {
  case sqlite

  /// The statements that create what `ddl` declares on this engine.
  ///
  /// SQLite knows neither ENUM nor inline INDEX and ignores declared lengths, so there an ENUM becomes TEXT with a CHECK,
  /// VARCHAR(n) gets a CHECK on its length, JSON one on its validity, and each INDEX becomes a statement of its own. That
  /// way both engines refuse the same input.
  public func statements(_ ddl: String) throws -> [String] {
    switch self {
    case .sqlite: try SQLiteDDL.statements(ddl)
    }
  }

  /// Drops an index of a table.
  public func dropIndex(_ name: String, of table: String) -> String {
    switch self {
    case .sqlite: "DROP INDEX \(name)"
    }
  }

  /// The names of all tables, as `name`.
  public var tableNames: String {
    switch self {
    case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
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
    }
  }

  /// Counts the texts that match one bound query, up to a bound limit.
  public var countMatches: String {
    switch self {
    case .sqlite: "SELECT count(*) FROM (SELECT 1 FROM tocsin_search WHERE tocsin_search MATCH ? LIMIT ?)"
    }
  }

  /// The bound query for one word of a search: the word, or any longer word that starts with it.
  public func searchTerm(_ word: String) -> String {
    switch self {
    case .sqlite: "\"" + word.replacing("\"", with: "\"\"") + "\"*"
    }
  }
}
