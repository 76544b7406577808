/// A report as Markdown (CommonMark, and GitHub's dialect of it). Whatever came from outside is escaped until it can only
/// be read as text: no link, image, HTML, heading, list, table, code or emphasis comes of it.
enum MarkdownReport {
  static func write(_ document: ReportDocument) -> String {
    var lines = ["# Incident report: " + inline(document.title)]
    for section in document.sections {
      lines += ["", "## \(section.heading)"]
      for block in section.blocks { lines += [""] + self.block(block) }
    }
    if let closing = document.closing { lines += ["", inline(closing)] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func block(_ block: ReportDocument.Block) -> [String] {
    switch block {
    case .fields(let fields): fields.map { "- **\($0.name):** \(inline($0.value))" }
    case .text(let text): quoted(text, prefix: "")
    case .table(_, let rows): rows.flatMap(row)
    case .list(let items): items.map { "- " + inline($0) }
    }
  }

  /// A list item: the short cells on its first line, the long one quoted below.
  private static func row(_ cells: [String]) -> [String] {
    let head = cells.dropLast().filter { !$0.isEmpty }.map(inline).joined(separator: " · ")
    let body = cells.last ?? ""
    return ["- " + head] + (body.isEmpty ? [] : [""] + quoted(body, prefix: "  "))
  }

  /// A block quote. Lines stay lines, by the backslash at their end.
  private static func quoted(_ text: String, prefix: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
    return lines.enumerated().map { index, line in
      let breaks = index + 1 < lines.count && !line.isEmpty && !lines[index + 1].isEmpty
      return prefix + (line.isEmpty ? ">" : "> " + line) + (breaks ? "\\" : "")
    }
  }

  private static func inline(_ text: String) -> String { line(text.replacing("\n", with: " ")) }

  /// One line, escaped. What means something only at its start is escaped there; spaces there would make it code.
  private static func line(_ text: String) -> String {
    let start = text.prefix { $0.isWhitespace }
    let rest = text[start.endIndex...]
    let gap = String(repeating: "\u{A0}", count: rest.isEmpty ? 0 : start.count)
    if gap.isEmpty, let first = rest.first, "+-=:".contains(first) {
      return "\\\(first)" + escaped(rest.dropFirst())
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    if gap.isEmpty, !digits.isEmpty, let mark = rest[digits.endIndex...].first, mark == "." || mark == ")" {
      return digits + "\\\(mark)" + escaped(rest[digits.endIndex...].dropFirst())
    }
    return gap + escaped(rest)
  }

  private static func escaped(_ text: Substring) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if "\\`*_[]<>|~&$!{}^#".unicodeScalars.contains(scalar) { result.append("\\") }
      result.append(scalar)
    }
    // Addresses become links by themselves in GitHub's dialect, unless they are cut here.
    return String(result).replacing("://", with: "\\://").replacing(/([wW]{3})\./, with: { "\($0.1)\\." })
  }
}
