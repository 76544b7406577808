/// Gives the tables, which are declared in the seeds' dialect and so in MariaDB's, what differs from SQLite's meaning of
/// them. Anything that declares no table, column or index passes through untouched.
enum MariaDBDDL {
  /// Compares by code point, trailing spaces included, as SQLite does.
  static let collation = "utf8mb4_nopad_bin"

  static func statement(_ ddl: String) -> String {
    let trimmed = ddl.trimming { $0.isWhitespace || $0 == ";" }
    let words = trimmed.split(maxSplits: 5, whereSeparator: { $0.isWhitespace || $0 == "(" })
    guard words.count > 2 else { return trimmed }
    switch (words[0].uppercased(), words[1].uppercased()) {
    case ("CREATE", "TABLE"):
      return typed(trimmed)
        + (trimmed.hasSuffix(")") ? " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=\(collation)" : "")
    case ("ALTER", "TABLE"): return typed(trimmed)
    case ("CREATE", "INDEX"):
      guard words.count > 4, words[3].uppercased() == "ON" else { return trimmed }
      return trimmed.replacing(words[2], with: indexName(String(words[2]), String(words[4])), maxReplacements: 1)
    default: return trimmed
    }
  }

  /// SQLite's index names are global and begin with the table's; MariaDB's are each table's own, as the seeds have them.
  static func indexName(_ name: String, _ table: String) -> String {
    name.hasPrefix(table + "_") ? String(name.dropFirst(table.count + 1)) : name
  }

  /// The statement with MariaDB's words for "unless it is so": it may have been run before.
  static func repeatable(_ ddl: String) -> String {
    let forms = [
      ("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "), ("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS "),
      ("CREATE TRIGGER ", "CREATE TRIGGER IF NOT EXISTS "), ("DROP TABLE ", "DROP TABLE IF EXISTS "),
      ("DROP INDEX ", "DROP INDEX IF EXISTS "), ("ALTER TABLE ", "ALTER TABLE IF EXISTS "),
    ]
    let sql = statement(ddl)
    guard let form = forms.first(where: { sql.hasPrefix($0.0) }), !sql.hasPrefix(form.1) else { return sql }
    return (form.1 + sql.dropFirst(form.0.count)).replacing(" ADD COLUMN ", with: " ADD COLUMN IF NOT EXISTS ")
  }

  private static func typed(_ ddl: String) -> String {
    var result = ""
    for (index, part) in ddl.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { result += "'" }
      result += index.isMultiple(of: 2) ? translated(String(part)) : String(part)
    }
    return result
  }

  private static func translated(_ text: String) -> String {
    text.replacing(/\bINTEGER PRIMARY KEY\b/, with: "BIGINT AUTO_INCREMENT PRIMARY KEY")
      .replacing(/\bINTEGER\b/, with: "BIGINT").replacing(/\bDATETIME\b(?!\()/, with: "DATETIME(3)")
      .replacing(/\bTEXT\b/, with: "MEDIUMTEXT")
  }
}
