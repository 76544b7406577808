/// A report as one HTML document that stands alone: no script, no link, no picture, its style inside. It prints, wraps
/// on a telephone, follows the reader's light or dark colours, and survives a mail reader.
enum HTMLReport {
  static func write(_ document: ReportDocument) -> String {
    let title = HTML.escaped(document.title.replacing("\n", with: " "))
    let sections = document.sections.map(section).joined(separator: "\n")
    let closing = document.closing.map { "\n<p class=\"ref\">\(HTML.escaped($0))</p>" } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>Incident report: \(title)</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <main>
      <h1>Incident report</h1>
      <p class="title" dir="auto">\(title)</p>
      \(words(document.severity, document.status))
      \(sections)\(closing)
      </main>
      </body>
      </html>

      """
  }

  private static func words(_ severity: Severity, _ status: Status) -> String {
    "<p><span class=\"word \(severity.rawValue)\">\(severity.rawValue)</span> "
      + "<span class=\"word\">\(status.rawValue)</span></p>"
  }

  private static func section(_ section: ReportDocument.Section) -> String {
    let blocks = section.blocks.map(block).joined(separator: "\n")
    return "<section>\n<h2>\(HTML.escaped(section.heading))</h2>\n\(blocks)\n</section>"
  }

  private static func block(_ block: ReportDocument.Block) -> String {
    switch block {
    case .fields(let fields):
      let rows = fields.map { "<tr><th scope=\"row\">\(HTML.escaped($0.name))</th>\(cell($0.name, $0.value))</tr>" }
      return "<table class=\"fields\">\n\(rows.joined(separator: "\n"))\n</table>"
    case .text(let text): return "<p class=\"long\" dir=\"auto\" style=\"\(wrapping)\">\(HTML.escaped(text))</p>"
    case .list(let items): return "<ul>\n\(items.map { "<li>\(HTML.escaped($0))</li>" }.joined(separator: "\n"))\n</ul>"
    case .table(let columns, let rows): return table(columns, rows)
    }
  }

  private static func table(_ columns: [String], _ rows: [[String]]) -> String {
    let head = columns.map { "<th scope=\"col\">\(HTML.escaped($0))</th>" }.joined()
    let body = rows.map { "<tr>\(zip(columns, $0).map(cell).joined())</tr>" }.joined(separator: "\n")
    return "<table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)\n</tbody>\n</table>"
  }

  /// Short words stay on one line, so that a narrow screen leaves the room to the texts.
  private static func cell(_ column: String, _ text: String) -> String {
    let isShort = ["Time", "Linked", "Ref", "Channel", "Direction", "Event"].contains(column)
    return "<td dir=\"auto\" style=\"\(isShort ? "white-space:nowrap" : wrapping)\">\(HTML.escaped(text))</td>"
  }

  /// Said on the element too: some mail readers drop the style sheet.
  private static let wrapping = "white-space:pre-wrap;overflow-wrap:anywhere;word-break:break-word"

  private static let style = """
    body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #1c1f23; background: #ffffff; }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
    h1 { margin: 0; font-size: 1rem; font-weight: 600; color: #5b6470; }
    h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; border-bottom: 1px solid #d5dae0; }
    .title { margin: .2rem 0; font-size: 1.6rem; font-weight: 600; overflow-wrap: anywhere; }
    .word { padding: .1rem .5rem; border: 1px solid #8a94a0; border-radius: .3rem; font-weight: 600; }
    .CRITICAL { background: #b3261e; border-color: #b3261e; color: #ffffff; }
    .HIGH { background: #a84b00; border-color: #a84b00; color: #ffffff; }
    table { width: 100%; border-collapse: collapse; }
    th, td { padding: .3rem .6rem .3rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid #e4e8ec; }
    th { font-weight: 600; color: #5b6470; }
    td { min-width: 5rem; }
    .fields th { width: 11rem; }
    .ref { margin-top: 2rem; color: #5b6470; }
    @media (prefers-color-scheme: dark) {
      body { color: #e6e9ed; background: #16191d; }
      h1, th, .ref { color: #a3adb8; }
      h2 { border-color: #3a424c; }
      th, td { border-color: #2b323a; }
    }
    @media (max-width: 40rem) {
      main { padding: .8rem; }
      table, thead, tbody, tr, th, td { display: block; }
      thead { display: none; }
      tr { padding: .4rem 0; }
      th, td { border: 0; padding: .1rem 0; }
    }
    @media print {
      body { color: #000000; background: #ffffff; font-size: 10pt; }
      main { max-width: none; padding: 0; }
      tr { break-inside: avoid; }
      h2 { break-after: avoid; }
    }
    """
}
