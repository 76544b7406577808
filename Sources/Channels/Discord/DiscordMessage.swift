import Tocsin

/// Messages for Discord (https://docs.discord.com/developers/resources/message, "Embed Limits"). Nobody is ever mentioned.
/// Limits count UTF-16, so that they hold however Discord counts.
enum DiscordMessage {
  static let textLimit = TextLimit(4096, .utf16)
  private static let contentLimit = TextLimit(2000, .utf16)
  private static let titleLimit = TextLimit(256, .utf16)
  private static let valueLimit = TextLimit(1024, .utf16)
  /// All texts of the embeds together.
  private static let sumLimit = 6000
  /// The flag SUPPRESS_EMBEDS: no previews of pages that the text names.
  private static let withoutPreviews: JSONValue = 4

  /// - Parameter isChange: whether the first message shows the rest, so that the news is enough.
  static func content(_ message: OutboundMessage, isChange: Bool) -> JSONValue {
    if isChange, let text = visible(message.body(contentLimit, .discord)) {
      return base(text, ["flags": withoutPreviews])
    }
    let embed = embed(message, message.shortRef, message.isAboutOneIncident ? message.incident : nil) { limit in
      message.body(limit, .discord)
    }
    return base(message.headline(contentLimit, .discord), ["embeds": .array([embed])])
  }

  /// What the first message shows after a change.
  static func state(_ message: OutboundMessage, _ first: OutboundMessage.Sent) -> JSONValue {
    let incident = message.incident
    let word = incident.status == .closed ? "CLOSED" : nil
    let embed = embed(message, first.shortRef, incident) { limit in
      visible(first.text ?? incident.description).map { Markup.discord.fitted($0, limit) } ?? ""
    }
    return base(
      message.headline(contentLimit, .discord, word: word, shortRef: first.shortRef), ["embeds": .array([embed])])
  }

  private static func base(_ content: String, _ more: Metadata) -> JSONValue {
    .object(more.merging(["content": .string(content), "allowed_mentions": ["parse": .array([])]]) { $1 })
  }

  /// - Parameter text: the description within a limit.
  private static func embed(
    _ message: OutboundMessage, _ shortRef: String, _ incident: Incident?, _ text: (TextLimit) -> String
  ) -> JSONValue {
    let title = incident.flatMap { visible(Markup.discord.line($0.title, titleLimit)) }
    let fields = incident.map(fields) ?? []
    let footer = Markup.discord.line("Ref: \(shortRef)", titleLimit)
    let used = ([title, footer].compactMap(\.self) + fields.flatMap { [$0.name, $0.value] }).map(\.utf16.count)
    let room = sumLimit - used.reduce(0, +)
    var embed: Metadata = [
      "color": .integer(color(message, incident)), "footer": ["text": .string(footer)],
      "timestamp": .string(JSON.time(message.incident.createdAt)),
    ]
    if let title { embed["title"] = .string(title) }
    if !fields.isEmpty { embed["fields"] = .array(fields.map(\.json)) }
    if incident != nil, let url = message.incidentURL, url.count <= 2048 { embed["url"] = .string(url) }
    if let text = visible(text(TextLimit(min(textLimit.count, room), .utf16))) { embed["description"] = .string(text) }
    return .object(embed)
  }

  private struct Field {
    let name: String
    let value: String

    var json: JSONValue { ["name": .string(name), "value": .string(value), "inline": true] }
  }

  private static func fields(_ incident: Incident) -> [Field] {
    let columns: [(String, String?)] = [
      ("Severity", incident.severity.rawValue), ("Status", incident.status.rawValue), ("Package", incident.package),
      ("Assigned to", incident.assignedTo), ("Acknowledged by", incident.acknowledgedBy),
      ("Closed by", incident.closedBy), ("Resolution", incident.resolutionSummary),
    ]
    return columns.compactMap { name, value in
      // Five of them at their longest leave no room for the text, so each but the last has less than Discord allows.
      let limit = name == "Resolution" ? valueLimit : TextLimit(300, .utf16)
      return visible(value).map { Field(name: name, value: Markup.discord.fitted($0, limit)) }
    }
  }

  private static func color(_ message: OutboundMessage, _ incident: Incident?) -> Int64 {
    if incident?.status == .closed { return 0x38_8E3C }
    return switch message.incident.severity {
    case .critical: 0xD3_2F2F
    case .high: 0xF5_7C00
    case .medium: 0xFB_C02D
    case .low: 0x19_76D2
    }
  }
}
