/// The fields of one thing, a line each. Fields without a value are left out for a person and empty for a pipe.
struct Card {
  let title: String?
  let fields: [(name: String, value: String)]

  init(_ title: String? = nil, _ fields: [(name: String, value: String)]) {
    self.title = title
    self.fields = fields
  }

  var text: String {
    let shown = fields.filter { !$0.value.isEmpty }
    let width = shown.map(\.name.width).max() ?? 0
    let lines = shown.map { field in
      let indent = String(repeating: " ", count: width + 2)
      let value = Terminal.harmless(field.value, lines: true).split(separator: "\n", omittingEmptySubsequences: false)
      let name = Style.faint(field.name) + String(repeating: " ", count: width - field.name.width + 2)
      return name
        + ([Style.word(String(value[0]))] + value.dropFirst().map(String.init)).joined(separator: "\n" + indent)
    }
    return ((title.map { [Style.strong(Terminal.harmless($0))] } ?? []) + lines).joined(separator: "\n")
  }

  /// `name<TAB>value` lines.
  var tabSeparated: String {
    ((title.map { [("title", $0)] } ?? []) + fields).map { "\($0.name)\t\(Terminal.harmless($0.value))" }.joined(
      separator: "\n")
  }
}
