/// Rows under headings, aligned for a person.
struct Table {
  struct Column {
    /// What gives way when the screen is narrow: a column that may be cut, and the last one also by wrapping.
    enum Fit {
      case whole
      case cut
      case wrapped
    }

    let heading: String
    let fit: Fit

    /// - Parameter heading: `~` before it says that its texts may be cut, `+` that they may go on in the next line.
    init(_ heading: String) {
      fit = heading.hasPrefix("~") ? .cut : heading.hasPrefix("+") ? .wrapped : .whole
      self.heading = fit == .whole ? heading : String(heading.dropFirst())
    }
  }

  let columns: [Column]
  let rows: [[String]]
  /// What a person sees instead of nothing.
  let whenEmpty: String

  init(_ headings: [String], _ rows: [[String]], whenEmpty: String) {
    columns = headings.map { Column($0) }
    self.rows = rows
    self.whenEmpty = whenEmpty
  }

  /// No heading, no cutting: for `cut`, `awk` and the like.
  var tabSeparatedLines: [String] {
    rows.map { $0.map { Terminal.harmless($0) }.joined(separator: "\t") }
  }

  var text: String {
    let cells = rows.map { $0.map { Terminal.harmless($0) } }
    let natural = columns.indices.map { index in
      ([columns[index].heading] + cells.map { $0[index] }).map(\.width).max() ?? 0
    }
    let isStacked = isStacked(natural)
    let widths = fitted(isStacked ? Array(natural.dropLast()) : natural)
    let headings = columns.map { $0.heading.uppercased() }.prefix(widths.count)
    let body = cells.flatMap { row in
      [line(Array(row.prefix(widths.count)), widths, Style.word)] + (isStacked ? below(row.last ?? "") : [])
    }
    return ([Style.faint(line(Array(headings), widths) { $0 })] + body).joined(separator: "\n")
  }

  /// Whether the last column would be a narrow strip: its texts go under their rows then.
  private func isStacked(_ widths: [Int]) -> Bool {
    guard let last = columns.last, last.fit == .wrapped, let width = widths.last else { return false }
    return widths.dropLast().reduce(0) { $0 + $1 + 2 } + min(width, 30) > Screen.width
  }

  private func below(_ text: String) -> [String] {
    text.isEmpty ? [] : text.wrapped(to: Screen.width - 4).map { "    " + $0 }
  }

  /// Columns that may be cut or wrapped give way when the screen is narrow, the last one first.
  private func fitted(_ natural: [Int]) -> [Int] {
    var widths = natural
    for index in widths.indices.reversed() where columns[index].fit != .whole {
      let excess = widths.reduce(0, +) + 2 * (widths.count - 1) - Screen.width
      let least = max(columns[index].heading.width, index == columns.indices.last ? 20 : 8)
      if excess > 0 { widths[index] = max(min(widths[index], least), widths[index] - excess) }
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int], _ style: (String) -> String) -> String {
    let before = zip(cells, widths).dropLast().map { cell, width in
      let cell = cell.cut(to: width)
      return style(cell) + String(repeating: " ", count: max(0, width - cell.width)) + "  "
    }
    guard let cell = cells.last, let width = widths.last else { return "" }
    let fit = columns[cells.count - 1].fit
    let indent = String(repeating: " ", count: widths.dropLast().reduce(0) { $0 + $1 + 2 })
    let last = fit == .wrapped ? cell.wrapped(to: width).joined(separator: "\n" + indent) : cell.cut(to: width)
    return before.joined() + style(last)
  }
}
