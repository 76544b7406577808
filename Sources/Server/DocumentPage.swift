import API
import Foundation
import Tocsin

/// The OpenAPI document for people: one page that stands alone, without a script.
enum DocumentPage {
  static func write(_ endpoints: [Endpoint]) -> String {
    let groups = Dictionary(grouping: endpoints) { $0.tag }
    let names = groups.keys.sorted { order($0) < order($1) }
    let contents = names.map { "<a href=\"#\($0)\">\($0)</a>" }.joined(separator: " ")
    let sections = names.map { name -> String in
      "<section><h2 id=\"\(name)\">\(name)</h2>\n" + (groups[name] ?? []).map(article).joined(separator: "\n")
        + "</section>"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>Tocsin HTTP API</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <header>
      <h1>Tocsin HTTP API</h1>
      <p>Version \(Product.version). For programs: <a href="/openapi.json">openapi.json</a>, OpenAPI 3.1.</p>
      <p>Send <code>Authorization: Bearer tocsin_…</code>; <code>tocsin create-token --name NAME --role responder</code> makes one.
      Refusals are problem documents (RFC 9457): <code>code</code> is for programs, <code>detail</code> for people.</p>
      <nav aria-label="Groups">\(contents)</nav>
      </header>
      <main>
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  /// Incidents first: they are what people look for.
  private static func order(_ group: String) -> String { group == "incidents" ? "" : group }

  private static func article(_ endpoint: Endpoint) -> String {
    let route = endpoint.route
    return """
      <details id="\(endpoint.name)">
      <summary><b class="\(route.method.rawValue.lowercased())">\(route.method.rawValue)</b> <code>\(HTML.escaped(route.path))</code>
      <span>\(HTML.escaped(route.summary))</span></summary>
      <p>For: \(HTML.escaped(route.access.words)).</p>
      \(table("In the path", route.parameters.map { taken($0, .text, isRequired: true) }))
      \(table("In the query", endpoint.query.map(taken)))
      \(table("In the body", endpoint.body?.shape.fields.map(taken) ?? []))
      \(table("Answer, status \(endpoint.status)", endpoint.answers.first?.shape.fields.map(given) ?? []))
      \(answers(endpoint))
      </details>
      """
  }

  private static func answers(_ endpoint: Endpoint) -> String {
    let types = endpoint.answers.map { "<code>\($0.type)</code>" }.joined(separator: ", ")
    return types.isEmpty ? "" : "<p>Answers \(types).</p>"
  }

  /// A field of a request, with its limits.
  private static func taken(_ field: RecordShape.Field) -> String {
    taken(field.name, field.shape, isRequired: field.isRequired)
  }

  private static func taken(_ name: String, _ shape: Shape, isRequired: Bool) -> String {
    let meaning = Fields.all[name]
    let limits = [meaning?.hint ?? "", meaning.flatMap { limit($0, shape.unwrapped) } ?? ""].joined(separator: " ")
    return row(name, isRequired ? "" : " <small>optional</small>", shape.words, limits)
  }

  /// A field of an answer.
  private static func given(_ field: RecordShape.Field) -> String {
    let isNullable = if case .nullable = field.shape { true } else { false }
    return row(field.name, "", field.shape.words + (isNullable ? ", or null" : ""), Fields.all[field.name]?.hint ?? "")
  }

  private static func limit(_ meaning: FieldMeaning, _ shape: Shape) -> String? {
    guard let range = meaning.range, !meaning.hint.contains("64 KiB") else { return nil }
    switch shape {
    case .text: return "\(range.lowerBound) to \(range.upperBound) characters."
    case .list: return "At most \(range.upperBound)."
    default: return "\(range.lowerBound) to \(range.upperBound)."
    }
  }

  private static func row(_ name: String, _ note: String, _ kind: String, _ hint: String) -> String {
    "<tr><th scope=\"row\"><code>\(name)</code>\(note)</th><td>\(HTML.escaped(kind))</td><td>\(HTML.escaped(hint))</td></tr>"
  }

  private static func table(_ caption: String, _ rows: [String]) -> String {
    rows.isEmpty ? "" : "<div><table><caption>\(caption)</caption>\(rows.joined())</table></div>"
  }

  private static let style = """
    :root { color-scheme: light dark; --line: #8884; --faint: #8882 }
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem }
    nav a { display: inline-block; margin-right: .75rem; padding: .25rem 0 }
    summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere }
    summary span { display: block; margin-left: 1.2rem }
    details { border-top: 1px solid var(--line) }
    details[open] { padding-bottom: 1rem }
    b { font-family: ui-monospace, monospace }
    div { overflow-x: auto }
    table { border-collapse: collapse; margin: .5rem 0 1rem; width: 100% }
    caption { text-align: left; font-weight: bold }
    th, td { border-top: 1px solid var(--line); padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top }
    th { font-weight: normal; width: 14rem }
    code { background: var(--faint); border-radius: 3px; padding: 0 .2em }
    """
}

extension Shape {
  /// The fields of a record; a page's are those of its items.
  fileprivate var fields: [RecordShape.Field] {
    guard case .record(let record) = self else { return [] }
    if let items = record["items"], case .list(.record(let item)) = items.shape, record["next_cursor"] != nil {
      return item.fields
    }
    return record.fields
  }
}
