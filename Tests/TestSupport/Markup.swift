/// The tags of an HTML document and the text between them, by the rules of HTML for documents as plain as ours.
public struct Markup: Sendable {
  /// The names of the start tags, in order.
  public private(set) var elements: [String] = []
  /// The names of all attributes.
  public private(set) var attributes: Set<String> = []
  /// The text outside tags, its entities replaced.
  public private(set) var text = ""
  /// Whether every element that needs an end has it, in order.
  public private(set) var isBalanced = true

  private static let void: Set<String> = ["meta", "br", "!doctype"]

  public init(_ html: String) {
    var open: [String] = []
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      text += Self.decoded(rest[..<start])
      guard let end = rest[start...].firstIndex(of: ">") else {
        isBalanced = false
        return
      }
      take(String(rest[rest.index(after: start)..<end]), &open)
      rest = rest[rest.index(after: end)...]
    }
    text += Self.decoded(rest)
    isBalanced = isBalanced && open.isEmpty
  }

  private mutating func take(_ tag: String, _ open: inout [String]) {
    if tag.hasPrefix("/") {
      isBalanced = open.popLast() == String(tag.dropFirst()) && isBalanced
      return
    }
    let name = String(tag.prefix { $0.isLetter || $0.isNumber || $0 == "!" }).lowercased()
    elements.append(name)
    if !Self.void.contains(name) { open.append(name) }
    for match in tag.dropFirst(name.count).matches(of: /([^\s=]+)="[^"]*"/) { attributes.insert(String(match.1)) }
  }

  private static func decoded(_ text: Substring) -> String {
    var result = String(text)
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    for (entity, character) in entities { result = result.replacing(entity, with: character) }
    return result
  }
}
