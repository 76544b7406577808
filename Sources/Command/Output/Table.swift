/// Rows under headings, aligned for a person.
struct Table {
  struct Column {
    /// What gives way when the screen is narrow. Only the last column of a table does.
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
    let widths = fitted(
      columns.indices.map { index in
        ([columns[index].heading] + cells.map { $0[index] }).map(\.width).max() ?? 0
      })
    let heading = line(columns.map { $0.heading.uppercased() }, widths) { $0 }
    let body = cells.map { line($0, widths, Style.word) }
    return ([Style.faint(heading)] + body).joined(separator: "\n")
  }

  /// The last column gives way when the screen is narrow.
  private func fitted(_ widths: [Int]) -> [Int] {
    guard let last = columns.indices.last, columns[last].fit != .whole else { return widths }
    let excess = widths.reduce(0, +) + 2 * (widths.count - 1) - Screen.width
    var widths = widths
    widths[last] = max(min(widths[last], 20), widths[last] - max(0, excess))
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int], _ style: (String) -> String) -> String {
    let before = zip(cells, widths).dropLast().map { cell, width in
      style(cell) + String(repeating: " ", count: max(0, width - cell.width)) + "  "
    }
    guard let cell = cells.last, let width = widths.last, let fit = columns.last?.fit else { return "" }
    let indent = String(repeating: " ", count: widths.dropLast().reduce(0) { $0 + $1 + 2 })
    let last = fit == .wrapped ? cell.wrapped(to: width).joined(separator: "\n" + indent) : cell.cut(to: width)
    return before.joined() + style(last)
  }
}
