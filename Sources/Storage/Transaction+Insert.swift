extension Transaction {
  /// Inserts rows by few statements that are always the same, since an engine keeps those prepared: 64, 16, 4 or 1 row at a
  /// time. Of long rows fewer: a server takes only so many bytes at once (`max_allowed_packet`, 16 MiB by default).
  ///
  /// - Parameters:
  ///   - columns: as they stand in the statement, between commas.
  ///   - rows: each as long as there are columns.
  public func insert(into table: String, _ columns: String, _ rows: [[SQLValue]]) throws {
    guard let width = rows.first?.count else { return }
    let places = "(" + Array(repeating: "?", count: width).joined(separator: ", ") + ")"
    var rest = rows[...]
    while !rest.isEmpty {
      let count = batch(of: rest)
      let values = Array(repeating: places, count: count).joined(separator: ", ")
      try execute("INSERT INTO \(table) (\(columns)) VALUES \(values)", Array(rest.prefix(count).joined()))
      rest = rest.dropFirst(count)
    }
  }

  private func batch(of rows: ArraySlice<[SQLValue]>) -> Int {
    [64, 16, 4].first { size in
      rows.count >= size && rows.prefix(size).joined().reduce(0) { $0 + $1.octets } <= 4_000_000
    } ?? 1
  }
}
