import Storage

extension DatabaseCopy {
  /// Reads every row of both sides again, in pages.
  func compare(_ table: CopyTable, _ progress: inout CopyProgress) async throws {
    var (last, size) = ([SQLValue]?.none, PageSize())
    while true {
      let theirs = try await source.read { [last, size] in try $0.rows(of: table, after: last, limit: size.rows) }
      let end = theirs.last.map { table.key(of: $0) }
      let ours = try await target.read { [last] in
        try $0.rows(of: table, after: last, upTo: end, limit: theirs.count + 1)
      }
      let difference = table.difference(theirs, ours, sameEngine: source.dialect == target.dialect)
      if let difference { throw CopyDifference(refusal: difference) }
      guard let end else { return }
      last = end
      size.follow(theirs)
      progress.add(theirs.count, of: table)
    }
  }

  /// What a table adds up to.
  struct Tally: Sendable, Equatable {
    let rows: Int
    let sums: [SQLValue]
  }

  /// By which it is noticed that somebody else works on the source: a look at each table that every change of Tocsin's shows
  /// in, since it moves a time, a number or a length.
  func tallies() async throws -> [String: Tally] {
    try await source.read { [tables] transaction in
      try Dictionary(uniqueKeysWithValues: tables.map { ($0.name, try transaction.tally(of: $0)) })
    }
  }

  /// - Throws: ``Failure`` with code `conflict` that names the tables which are not as they were.
  func refuseChanges(since before: [String: Tally]) async throws {
    let now = try await tallies()
    let changed = tables.map(\.name).filter { before[$0] != now[$0] }
    guard !changed.isEmpty else { return }
    try await beginAgainNextTime()
    throw Failure(
      .conflict,
      "\(from) was changed while it was copied: \(changed.joined(separator: ", ")). Stop every Tocsin that works on it. "
        + Self.again)
  }
}

extension Transaction {
  fileprivate func tally(of table: CopyTable) throws -> DatabaseCopy.Tally {
    let sums = table.columns.enumerated().map { index, column in
      let name = "\"\(column.name)\""
      let sum = column.isTime ? "max(\(name))" : column.isNumber ? "sum(\(name) % 1000003)" : "sum(length(\(name)))"
      return "\(sum) AS Sum\(index)"
    }
    guard let row = try row("SELECT count(*) AS NumberOfRows, \(sums.joined(separator: ", ")) FROM \(table.name)")
    else {
      throw StorageError(.unreadable, "a count has no answer")
    }
    return DatabaseCopy.Tally(
      rows: try row.integer("NumberOfRows"), sums: try table.columns.indices.map { try row.value("Sum\($0)") })
  }
}
