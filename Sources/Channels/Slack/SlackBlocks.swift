import Tocsin

/// Messages in Slack's Block Kit (https://docs.slack.dev/reference/block-kit). All text is `plain_text`, in which Slack
/// reads no markup. Limits count UTF-16, so that they hold however Slack counts.
enum SlackBlocks {
  /// https://docs.slack.dev/reference/block-kit/blocks/section-block
  static let textLimit = TextLimit(3000, .utf16)
  private static let fieldLimit = TextLimit(2000, .utf16)
  /// https://docs.slack.dev/reference/block-kit/blocks/header-block
  private static let headerLimit = TextLimit(150, .utf16)
  /// https://docs.slack.dev/changelog/2018-truncating-really-long-messages advises 4,000.
  private static let fallbackLimit = TextLimit(4000, .utf16)
  /// https://docs.slack.dev/reference/block-kit/block-elements/button-element
  private static let longestURL = 3000

  /// Everything but the channel.
  ///
  /// - Parameter isReply: whether it stands below the first message, which tells the rest.
  static func content(_ message: OutboundMessage, isReply: Bool) -> Metadata {
    let isShort = isReply && message.kind == .update
    let fallback = message.headline(headerLimit, .slack) + "\n" + message.body(textLimit, .slack)
    return [
      "text": .string(fallback), "blocks": .array(isShort ? short(message) : full(message)), "mrkdwn": false,
      "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false,
    ]
  }

  private static func full(_ message: OutboundMessage) -> [JSONValue] {
    var blocks = [header(message, message.shortRef)]
    if message.isAboutOneIncident { blocks.append(fields(message.incident)) }
    if let text = visible(message.body(textLimit, .slack)) { blocks.append(section(text)) }
    return blocks + end(message, message.shortRef)
  }

  private static func short(_ message: OutboundMessage) -> [JSONValue] {
    [visible(message.body(textLimit, .slack)).map(section), context(message.shortRef)].compactMap(\.self)
  }

  /// What the first message shows after a change.
  static func state(_ message: OutboundMessage, _ first: OutboundMessage.Sent) -> [JSONValue] {
    let incident = message.incident
    var blocks = [header(message, first.shortRef), fields(incident)]
    for text in [first.text ?? incident.description, incident.status == .closed ? incident.resolutionSummary : nil] {
      if let text = visible(text) { blocks.append(section(Markup.slack.fitted(text, textLimit))) }
    }
    return blocks + end(message, first.shortRef)
  }

  /// The same for notifications and old clients.
  static func stateText(_ message: OutboundMessage, _ first: OutboundMessage.Sent) -> String {
    message.headline(headerLimit, .slack, word: message.incident.status.rawValue, shortRef: first.shortRef)
  }

  private static func header(_ message: OutboundMessage, _ shortRef: String) -> JSONValue {
    let isClosed = message.isAboutOneIncident && message.incident.status == .closed
    let limit = TextLimit(headerLimit.count - 3, .utf16)
    let line = message.headline(limit, .slack, word: isClosed ? "CLOSED" : nil, shortRef: shortRef)
    return ["type": "header", "text": plain("\(icon(message, isClosed)) \(line)")]
  }

  private static func icon(_ message: OutboundMessage, _ isClosed: Bool) -> String {
    if isClosed { return "✅" }
    return switch message.incident.severity {
    case .critical: "🔴"
    case .high: "🟠"
    case .medium: "🟡"
    case .low: "🔵"
    }
  }

  /// At most ten in one section.
  private static func fields(_ incident: Incident) -> JSONValue {
    let columns: [(String, String?)] = [
      ("Severity", incident.severity.rawValue), ("Status", incident.status.rawValue), ("Package", incident.package),
      ("Assigned to", incident.assignedTo), ("Created", JSON.time(incident.createdAt)),
      ("Acknowledged by", incident.acknowledgedBy), ("Closed", incident.closedAt.map(JSON.time)),
      ("Closed by", incident.closedBy),
    ]
    let fields = columns.compactMap { name, value in
      visible(value).map { plain("\(name): \(Markup.slack.line($0, TextLimit(fieldLimit.count - 30, .utf16)))") }
    }
    return ["type": "section", "fields": .array(fields)]
  }

  private static func end(_ message: OutboundMessage, _ shortRef: String) -> [JSONValue] {
    [message.isAboutOneIncident ? button(message.incidentURL) : nil, context(shortRef)].compactMap(\.self)
  }

  private static func button(_ url: String?) -> JSONValue? {
    guard let url, url.utf16.count <= longestURL else { return nil }
    let button: JSONValue = [
      "type": "button", "action_id": "open_incident", "text": plain("Open in Tocsin"), "url": .string(url),
    ]
    return ["type": "actions", "elements": .array([button])]
  }

  private static func context(_ shortRef: String) -> JSONValue {
    ["type": "context", "elements": .array([plain(Markup.slack.line("Ref: \(shortRef)", fieldLimit))])]
  }

  private static func section(_ text: String) -> JSONValue { ["type": "section", "text": plain(text)] }

  private static func plain(_ text: String) -> JSONValue {
    ["type": "plain_text", "emoji": false, "text": .string(text)]
  }
}
