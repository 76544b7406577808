import Foundation
import Storage

/// A table as a copy sees it.
struct CopyTable: Sendable {
  struct Column: Sendable {
    let name: String
    let type: String

    /// MariaDB fills a time's milliseconds, SQLite keeps its text.
    var isTime: Bool { type.hasPrefix("DATETIME") }
    var isNumber: Bool { type.hasPrefix("INTEGER") }
  }

  let name: String
  let columns: [Column]
  /// The columns of the primary key, in its order.
  let key: [String]
  /// Columns that name another row of the same table, which may come later: they are filled when all rows are there.
  let links: [String]
  /// How many rows the migrations put there.
  let seeds: Int
  /// Tables that must be there before.
  let needs: Set<String>
  /// Where key and links are among the columns.
  let keyIndexes: [Int]
  let linkIndexes: [Int]

  /// The key of a row.
  func key(of row: [SQLValue]) -> [SQLValue] { keyIndexes.map { row[$0] } }

  /// The row as it is before its links are filled.
  func withoutLinks(_ row: [SQLValue]) -> [SQLValue] {
    var row = row
    for index in linkIndexes { row[index] = .null }
    return row
  }

  /// A row, for people.
  func named(_ row: [SQLValue]) -> String {
    "\(name), row "
      + zip(key, key(of: row)).map { "\($0) \($0.contains("Hash") ? "…" : $1.shown)" }.joined(separator: ", ")
  }
}

extension CopyTable {
  /// What belongs to one database or process, and the search's tables, which triggers fill.
  static func staysBehind(_ name: String) -> Bool {
    ["tocsin_migration", "tocsin_migration_step", "tocsin_writer", Migrator.copyMark].contains(name)
      || name.hasPrefix("tocsin_search")
  }

  /// Every table that the migrations make, in an order in which none comes before one that it needs. Read from a new
  /// database, so that a table to come is copied without a word here.
  static func all() async throws -> [CopyTable] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-" + UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = DatabasePlace.sqlite(path: folder + "/schema.db")
    _ = try await Migrations.migrator.migrate(place.open())
    let tables = try await place.open().read { transaction in
      try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }.filter { !staysBehind($0) }
        .map { try transaction.copyTable($0) }
    }
    return inOrder(tables)
  }

  private static func inOrder(_ tables: [CopyTable]) -> [CopyTable] {
    var (ordered, waiting) = ([CopyTable](), tables)
    while !waiting.isEmpty {
      let ready = waiting.filter { table in !waiting.contains { table.needs.contains($0.name) } }
      precondition(!ready.isEmpty, "tables need each other in a circle")
      ordered += ready
      waiting.removeAll { table in ready.contains { $0.name == table.name } }
    }
    return ordered
  }
}

extension Transaction {
  fileprivate func copyTable(_ name: String) throws -> CopyTable {
    let columns = try rows("SELECT name, type, pk FROM pragma_table_info(?)", [.text(name)])
    let names = try columns.map { try $0.text("name") }
    let key = try columns.filter { try $0.integer("pk") > 0 }.sorted { try $0.integer("pk") < $1.integer("pk") }
      .map { try $0.text("name") }
    precondition(!key.isEmpty, "\(name) has no primary key")
    let references = try rows(
      """
      SELECT "table" AS Other, "from" AS Link FROM pragma_foreign_key_list(?)
      """, [.text(name)])
    let links = try references.filter { try $0.text("Other") == name }.map { try $0.text("Link") }
    return CopyTable(
      name: name, columns: try columns.map { .init(name: try $0.text("name"), type: try $0.text("type").uppercased()) },
      key: key, links: links, seeds: try integer("SELECT count(*) FROM \(name)"),
      needs: Set(try references.map { try $0.text("Other") }).subtracting([name]),
      keyIndexes: key.compactMap { names.firstIndex(of: $0) },
      linkIndexes: links.compactMap { names.firstIndex(of: $0) })
  }
}

extension SQLValue {
  /// For people, on one line, and not all of a long one.
  var shown: String {
    switch self {
    case .null: "NULL"
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .text(let text): "\"\(printable(text))\""
    }
  }
}
