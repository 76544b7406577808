import CMark
import Foundation

/// Notes and summaries as people write them: CommonMark. Tags that somebody typed are left out, as are links to anything but
/// web pages and mail; a picture becomes a link to it, so that no page of ours loads anything from elsewhere.
public enum Markdown {
  /// - Parameter text: any text; a line break in it stays one, and an address of the web becomes a link.
  public static func html(_ text: String) -> SafeHTML {
    let root = text.utf8CString.withUnsafeBufferPointer { bytes in
      // Without the NUL at its end.
      cmark_parse_document(bytes.baseAddress, bytes.count - 1, CMARK_OPT_DEFAULT)
    }
    guard let root else { return SafeHTML("") }
    defer { cmark_node_free(root) }
    cmark_consolidate_text_nodes(root)
    for node in nodes(of: root) { tame(node) }
    guard let rendered = cmark_render_html(root, CMARK_OPT_HARDBREAKS) else { return SafeHTML("") }
    defer { free(rendered) }
    return SafeHTML(String(cString: rendered))
  }

  private static func nodes(of root: OpaquePointer) -> [OpaquePointer] {
    guard let walk = cmark_iter_new(root) else { return [] }
    defer { cmark_iter_free(walk) }
    var nodes: [OpaquePointer] = []
    while true {
      let event = cmark_iter_next(walk)
      if event == CMARK_EVENT_DONE { return nodes }
      if event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(walk) { nodes.append(node) }
    }
  }

  private static func tame(_ node: OpaquePointer) {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_LINK: if !isHarmless(address(node)) { cmark_node_set_url(node, "") }
    case CMARK_NODE_IMAGE: replace(picture: node)
    // Below the page's own headings, and never leaving out a level.
    case CMARK_NODE_HEADING: cmark_node_set_heading_level(node, 3)
    case CMARK_NODE_TEXT: if !isInLink(node) { link(in: node) }
    default: break
    }
  }

  private static func address(_ node: OpaquePointer) -> String {
    cmark_node_get_url(node).map { String(cString: $0) } ?? ""
  }

  private static func isHarmless(_ address: String) -> Bool {
    let address = address.lowercased()
    return ["http://", "https://", "mailto:"].contains { address.hasPrefix($0) }
  }

  private static func isInLink(_ node: OpaquePointer) -> Bool {
    var parent = cmark_node_parent(node)
    while let node = parent {
      let kind = cmark_node_get_type(node)
      if kind == CMARK_NODE_LINK || kind == CMARK_NODE_IMAGE { return true }
      parent = cmark_node_parent(node)
    }
    return false
  }
}

extension Markdown {
  /// The picture's words stay, as a link where it has a harmless address.
  private static func replace(picture: OpaquePointer) {
    let address = address(picture)
    guard let link = cmark_node_new(CMARK_NODE_LINK) else { return }
    cmark_node_set_url(link, isHarmless(address) ? address : "")
    if cmark_node_first_child(picture) == nil { append(text: address, to: link) }
    while let child = cmark_node_first_child(picture) { cmark_node_append_child(link, child) }
    cmark_node_replace(picture, link)
    cmark_node_free(picture)
  }

  /// Makes links of the addresses in a text.
  private static func link(in node: OpaquePointer) {
    let text = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    guard text.contains("://") else { return }
    var rest = text[...]
    while let match = rest.firstMatch(of: /https?:\/\/[^\s<>"]*[^\s<>".,:;!?'()\[\]]/) {
      insert(text: String(rest[..<match.range.lowerBound]), before: node)
      if let link = cmark_node_new(CMARK_NODE_LINK) {
        cmark_node_set_url(link, String(match.0))
        append(text: String(match.0), to: link)
        cmark_node_insert_before(node, link)
      }
      rest = rest[match.range.upperBound...]
    }
    cmark_node_set_literal(node, String(rest))
  }

  private static func insert(text: String, before node: OpaquePointer) {
    guard !text.isEmpty, let new = cmark_node_new(CMARK_NODE_TEXT) else { return }
    cmark_node_set_literal(new, text)
    cmark_node_insert_before(node, new)
  }

  private static func append(text: String, to node: OpaquePointer) {
    guard let new = cmark_node_new(CMARK_NODE_TEXT) else { return }
    cmark_node_set_literal(new, text)
    cmark_node_append_child(node, new)
  }
}
