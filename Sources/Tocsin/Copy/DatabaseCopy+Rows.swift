import Storage

extension DatabaseCopy {
  /// Rows read at once: fewer where they are long.
  struct PageSize {
    private(set) var rows = 100

    mutating func follow(_ page: [[SQLValue]]) {
      let octets = page.joined().reduce(0) { $0 + $1.octets }
      if octets > 2_000_000 { rows = max(rows / 4, 1) } else if octets < 500_000 { rows = min(rows * 2, 1000) }
    }
  }

  func copy(_ table: CopyTable, _ progress: inout CopyProgress) async throws {
    try await source.read { try $0.refuseEmptyKeys(of: table) }
    let there = try await target.read { transaction in
      (try transaction.lastKey(of: table), try transaction.integer("SELECT count(*) FROM \(table.name)"))
    }
    var last = there.0
    progress.add(there.1, of: table)
    var size = PageSize()
    while true {
      let page = try await source.read { [last, size] in try $0.rows(of: table, after: last, limit: size.rows) }
      guard let end = page.last else { break }
      try await keep(page, table, after: last)
      last = table.key(of: end)
      size.follow(page)
      progress.add(page.count, of: table)
    }
    if !table.links.isEmpty { try await copyLinks(of: table) }
  }

  private func keep(_ page: [[SQLValue]], _ table: CopyTable, after last: [SQLValue]?) async throws {
    let dialect = source.dialect
    do {
      _ = try await target.write { try $0.put(page, into: table, after: last, from: dialect) }
    } catch is CopyRefusal {
      try await keepEach(page, table, after: last)
    } catch let error as StorageError where error.isAboutRow {
      try await keepEach(page, table, after: last)
    }
  }

  /// Row by row up to the first that is refused, which is named.
  private func keepEach(_ page: [[SQLValue]], _ table: CopyTable, after last: [SQLValue]?) async throws {
    var last = last
    let dialect = source.dialect
    for row in page {
      do {
        _ = try await target.write { [last] in try $0.put([row], into: table, after: last, from: dialect) }
      } catch let error as StorageError where error.isAboutRow {
        throw table.refusal(of: row, error)
      }
      last = table.key(of: row)
    }
  }

  private func copyLinks(of table: CopyTable) async throws {
    var (last, size) = ([SQLValue]?.none, PageSize())
    while true {
      let page = try await source.read { [last, size] in try $0.rows(of: table, after: last, limit: size.rows) }
      guard let end = page.last else { return }
      if page.contains(where: { row in table.linkIndexes.contains { row[$0] != .null } }) {
        _ = try await target.write { try $0.link(page, of: table) }
      }
      last = table.key(of: end)
      size.follow(page)
    }
  }
}
