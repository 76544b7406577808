import Tocsin

/// What Slack demands of a message (https://docs.slack.dev/reference/methods/chat.postMessage and /block-kit).
enum SlackRules {
  static let contentNames: Set<String> = [
    "text", "blocks", "mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media",
  ]
  static let postNames = contentNames.union(["channel", "thread_ts", "reply_broadcast"])
  static let updateNames: Set<String> = ["channel", "ts", "text", "blocks", "parse", "link_names"]

  /// Slack's word for what is wrong.
  static func fault(_ content: JSONValue, known: Set<String>) -> String? {
    guard Set((content.object ?? [:]).keys).isSubset(of: known) else { return "invalid_arguments" }
    guard let text = content["text"]?.string, !text.isEmpty else { return "no_text" }
    if text.utf16.count > 40_000 { return "msg_too_long" }
    guard let blocks = content["blocks"] else { return nil }
    return (1...50).contains(blocks.array.count) && blocks.array.allSatisfy(isBlock) ? nil : "invalid_blocks"
  }

  private static func isBlock(_ block: JSONValue) -> Bool {
    switch block["type"]?.string {
    case "header": return isText(block["text"], 150, plain: true)
    case "section":
      let fields = block["fields"]?.array ?? []
      guard block["text"] != nil || !fields.isEmpty, fields.count <= 10 else { return false }
      return (block["text"].map { isText($0, 3000) } ?? true) && fields.allSatisfy { isText($0, 2000) }
    case "context":
      let elements = block["elements"]?.array ?? []
      return (1...10).contains(elements.count) && elements.allSatisfy { isText($0, 3000) }
    case "actions":
      let elements = block["elements"]?.array ?? []
      return (1...25).contains(elements.count) && elements.allSatisfy(isButton)
    case "divider": return true
    default: return false
    }
  }

  private static func isButton(_ element: JSONValue) -> Bool {
    element["type"] == "button" && isText(element["text"], 75, plain: true)
      && element["action_id"]?.string?.utf16.count ?? 0 <= 255 && element["url"]?.string?.utf16.count ?? 0 <= 3000
  }

  private static func isText(_ object: JSONValue?, _ limit: Int, plain: Bool = false) -> Bool {
    guard let text = object?["text"]?.string, (1...limit).contains(text.utf16.count) else { return false }
    switch object?["type"]?.string {
    case "plain_text": return true
    case "mrkdwn": return !plain && object?["emoji"] == nil
    default: return false
    }
  }
}
