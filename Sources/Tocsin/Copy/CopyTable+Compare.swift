import Storage

extension CopyTable {
  /// The first row that is not the same on both sides.
  func difference(_ theirs: [[SQLValue]], _ ours: [[SQLValue]], sameEngine: Bool) -> CopyRefusal? {
    for (index, row) in theirs.enumerated() {
      guard index < ours.count else {
        return CopyRefusal(row: named(row), column: nil, problem: "it is not in the target")
      }
      let other = ours[index]
      if !areIdentical(key(of: row), key(of: other)) {
        let isExtra = !theirs.contains { areIdentical(key(of: $0), key(of: other)) }
        return isExtra
          ? CopyRefusal(row: named(other), column: nil, problem: "it is in the target only")
          : CopyRefusal(row: named(row), column: nil, problem: "it is not in the target")
      }
      if let column = columns.indices.first(where: { !isSame(row[$0], other[$0], columns[$0], sameEngine) }) {
        // Tables of our own hold secrets.
        let problem =
          name.hasPrefix("data_") ? "\(row[column].shown) became \(other[column].shown)" : "it is another value"
        return CopyRefusal(row: named(row), column: columns[column].name, problem: problem)
      }
    }
    return ours.count > theirs.count
      ? CopyRefusal(row: named(ours[theirs.count]), column: nil, problem: "it is in the target only") : nil
  }

  /// MariaDB writes every time with its milliseconds; SQLite leaves them out where somebody else did.
  private func isSame(_ one: SQLValue, _ other: SQLValue, _ column: Column, _ sameEngine: Bool) -> Bool {
    if areIdentical([one], [other]) { return true }
    guard !sameEngine, column.isTime, case .text(let one) = one, case .text(let other) = other,
      max(one.utf8.count, other.utf8.count) <= 23, let time = UTC.parseDatabase(one)
    else { return false }
    return time == UTC.parseDatabase(other)
  }
}

/// Byte by byte: to Swift, texts are equal that only look the same.
private func areIdentical(_ some: [SQLValue], _ others: [SQLValue]) -> Bool {
  some.elementsEqual(others) { one, other in
    if case .text(let one) = one, case .text(let other) = other { return one.utf8.elementsEqual(other.utf8) }
    return one == other
  }
}
