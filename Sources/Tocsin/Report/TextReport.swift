/// A report as plain text for terminals and mail. Whatever came from outside is indented, so that no text can pass for
/// a heading.
enum TextReport {
  private static let indent = "    "

  static func write(_ document: ReportDocument) -> String {
    let heading = "INCIDENT REPORT"
    var lines = [heading, String(repeating: "=", count: heading.count)]
    for section in document.sections {
      lines += ["", section.heading, String(repeating: "-", count: section.heading.count)]
      lines += section.blocks.map(block).joined(separator: [""])
    }
    if let closing = document.closing { lines += ["", closing] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func block(_ block: ReportDocument.Block) -> [String] {
    switch block {
    case .fields(let fields): self.fields(fields)
    case .text(let text): indented(text)
    case .table(_, let rows): rows.flatMap(row)
    case .list(let items): items.map { "  - " + $0.replacing("\n", with: "\n" + indent) }
    }
  }

  private static func fields(_ fields: [ReportDocument.Field]) -> [String] {
    let width = fields.map(\.name.count).max() ?? 0
    return fields.map { field in
      let gap = String(repeating: " ", count: width - field.name.count)
      return "  \(field.name)\(gap)  \(field.value.replacing("\n", with: " "))"
    }
  }

  private static func row(_ cells: [String]) -> [String] {
    let head = cells.dropLast().filter { !$0.isEmpty }.joined(separator: "  ")
    let body = cells.last ?? ""
    return ["  " + head] + (body.isEmpty ? [] : indented(body))
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indent + $0 }
  }
}
