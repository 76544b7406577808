import Storage

/// A row that another engine does not take as it is.
struct CopyRefusal: Error {
  let row: String
  let column: String?
  let problem: String

  var sentence: String { "table \(row)\(column.map { ", column \($0)" } ?? ""): \(problem)" }
}

extension CopyTable {
  fileprivate var columnList: String { columns.map { "\"\($0.name)\"" }.joined(separator: ", ") }
  fileprivate var keyList: String { key.map { "\"\($0)\"" }.joined(separator: ", ") }

  /// Whether a row comes after (`>`) a key, or up to it (`<=`), and the values to bind. In a form that both engines answer
  /// by the primary key.
  fileprivate func condition(_ way: String, _ place: [SQLValue]) -> (sql: String, values: [SQLValue]) {
    let steps = key.indices.map { index in
      (key[..<index].map { "\"\($0)\" = ?" } + ["\"\(key[index])\" \(way.prefix(1)) ?"]).joined(separator: " AND ")
    }
    var sql = steps.map { "(\($0))" }
    var values = key.indices.flatMap { place[...$0] }
    if way == "<=" {
      sql.append("(" + key.map { "\"\($0)\" = ?" }.joined(separator: " AND ") + ")")
      values += place
    }
    return ("\"\(key[0])\" \(way.prefix(1))= ? AND (\(sql.joined(separator: " OR ")))", [place[0]] + values)
  }
}

extension Transaction {
  /// Up to `limit` rows in the order of their keys: after one place, and up to another.
  func rows(of table: CopyTable, after: [SQLValue]?, upTo: [SQLValue]? = nil, limit: Int) throws -> [[SQLValue]] {
    let parts = [after.map { table.condition(">", $0) }, upTo.map { table.condition("<=", $0) }].compactMap { $0 }
    let condition = parts.isEmpty ? "" : " WHERE " + parts.map { "(\($0.sql))" }.joined(separator: " AND ")
    let answer = try rows(
      "SELECT \(table.columnList)\(octets(of: table)) FROM \(table.name)\(condition) ORDER BY \(table.keyList) LIMIT \(limit)",
      parts.flatMap(\.values))
    return try answer.map { row in
      let values = try table.columns.map { try row.value($0.name) }
      if dialect == .sqlite { try refuseBytes(values, row.integer("TextOctets"), table) }
      return values
    }
  }

  /// SQLite keeps any bytes as a text; those that are none would be changed by reading them.
  private func octets(of table: CopyTable) -> String {
    guard dialect == .sqlite else { return "" }
    return ", " + table.columns.map { Self.octets($0.name) }.joined(separator: " + ") + " AS TextOctets"
  }

  private static func octets(_ column: String) -> String {
    """
    CASE typeof("\(column)") WHEN 'text' THEN length(CAST("\(column)" AS BLOB)) WHEN 'blob' THEN -1 ELSE 0 END
    """
  }

  private func refuseBytes(_ row: [SQLValue], _ octets: Int, _ table: CopyTable) throws {
    guard row.reduce(0, { $0 + $1.textOctets }) != octets else { return }
    let place = table.key.map { "\"\($0)\" = ?" }.joined(separator: " AND ")
    let column = try zip(table.columns, row).first { column, value in
      try integer("SELECT \(Self.octets(column.name)) FROM \(table.name) WHERE \(place)", table.key(of: row))
        != value.textOctets
    }
    throw CopyRefusal(
      row: table.named(row), column: column?.0.name, problem: "it holds bytes that are no UTF-8 text, or a NUL")
  }

  /// Where the rows of the table end; nil when there are none.
  func lastKey(of table: CopyTable) throws -> [SQLValue]? {
    let order = table.key.map { "\"\($0)\" DESC" }.joined(separator: ", ")
    let row = try row("SELECT \(table.keyList) FROM \(table.name) ORDER BY \(order) LIMIT 1")
    return try row.map { row in try table.key.map { try row.value($0) } }
  }

  /// SQLite lets a key be empty that is no number. Such a row has no place in the order.
  func refuseEmptyKeys(of table: CopyTable) throws {
    for column in table.key where try row("SELECT 1 FROM \(table.name) WHERE \"\(column)\" IS NULL LIMIT 1") != nil {
      throw CopyRefusal(row: table.name, column: column, problem: "a row has no key: it is NULL")
    }
  }

  /// Puts rows there without their links, and looks whether they arrived as they are.
  ///
  /// - Throws: ``CopyRefusal`` when the engine has made something else of a value; ``StorageError``.
  func put(_ page: [[SQLValue]], into table: CopyTable, after: [SQLValue]?, from dialect: Dialect) throws {
    let sent = page.map { table.withoutLinks($0) }
    try insert(into: table.name, table.columnList, sent)
    let kept = try rows(of: table, after: after, upTo: sent.last.map { table.key(of: $0) }, limit: sent.count + 1)
    if let difference = table.difference(sent, kept, sameEngine: dialect == self.dialect) { throw difference }
  }

  func delete(from table: CopyTable, upTo last: [SQLValue]) throws {
    let condition = table.condition("<=", last)
    try execute("DELETE FROM \(table.name) WHERE \(condition.sql)", condition.values)
  }

  /// Fills the links of rows that are there.
  func link(_ page: [[SQLValue]], of table: CopyTable) throws {
    let change = table.links.map { "\"\($0)\" = ?" }.joined(separator: ", ")
    let place = table.key.map { "\"\($0)\" = ?" }.joined(separator: " AND ")
    for row in page where table.linkIndexes.contains(where: { row[$0] != .null }) {
      do {
        try execute(
          "UPDATE \(table.name) SET \(change) WHERE \(place)", table.linkIndexes.map { row[$0] } + table.key(of: row))
      } catch let error as StorageError where error.isAboutRow {
        throw table.refusal(of: row, error)
      }
    }
  }
}

extension CopyTable {
  /// What an engine said about a row, with the column that it said it about.
  func refusal(of row: [SQLValue], _ error: StorageError) -> CopyRefusal {
    let words = Set(error.message.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    let column = columns.map(\.name).filter(words.contains).max { $0.count < $1.count }
    let problem = error.code == .unique ? "the target has it already; does another copy run?" : error.message
    return CopyRefusal(row: named(row), column: column, problem: problem)
  }
}

extension StorageError {
  /// Whether it says something about what was written rather than about the machine.
  var isAboutRow: Bool { [.unique, .foreignKey, .check, .other].contains(code) }
}

extension SQLValue {
  fileprivate var textOctets: Int { if case .text(let text) = self { text.utf8.count } else { 0 } }
}
