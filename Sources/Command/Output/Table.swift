/// Rows under headings, aligned for a person.
struct Table {
  struct Column {
    let heading: String
    /// Cut to fit the screen, when needed. At most one column of a table.
    var isElastic = false
  }

  let columns: [Column]
  let rows: [[String]]
  /// What a person sees instead of nothing.
  let whenEmpty: String

  /// - Parameter headings: the one that starts with `~` may be cut to fit the screen.
  init(_ headings: [String], _ rows: [[String]], whenEmpty: String) {
    columns = headings.map {
      $0.hasPrefix("~") ? Column(heading: String($0.dropFirst()), isElastic: true) : Column(heading: $0)
    }
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

  /// The elastic column gives way when the screen is narrow.
  private func fitted(_ widths: [Int]) -> [Int] {
    guard let elastic = columns.firstIndex(where: \.isElastic) else { return widths }
    let excess = widths.reduce(0, +) + 2 * (widths.count - 1) - Screen.width
    var widths = widths
    widths[elastic] = max(min(widths[elastic], 12), widths[elastic] - max(0, excess))
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int], _ style: (String) -> String) -> String {
    let padded = zip(cells, widths).enumerated().map { index, pair in
      let cell = pair.0.cut(to: pair.1)
      return style(cell) + (index == cells.count - 1 ? "" : String(repeating: " ", count: pair.1 - cell.width))
    }
    return padded.joined(separator: "  ")
  }
}
