import Mustache
import Tocsin

/// How values get into a page. Mustache's own escaping goes by characters as people see them: it misses a `<` that a
/// combining mark follows, which a browser takes for a tag all the same.
struct PageContent: MustacheContentType {
  static let name = "PAGE"

  func escapeText(_ text: String) -> String { HTML.escaped(text) }
}
