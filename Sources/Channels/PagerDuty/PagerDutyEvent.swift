import Foundation
import Tocsin

/// An alert event of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event).
struct PagerDutyEvent: Encodable {
  struct Payload: Encodable {
    let summary: String
    let severity: String
    let source: String
    let timestamp: Date
    let component: String
    let group: String
    let `class` = "incident"
    var customDetails: Metadata
  }

  struct Link: Encodable {
    let href: String
    let text: String
  }

  /// Bytes of a whole event: "512 KB", taken as the smaller reading.
  static let longest = 512_000
  /// Its "1024 characters", counted so that it holds in either reading.
  static let summaryLimit = TextLimit(1024, .utf16)

  let routingKey: String
  let eventAction: Action
  let dedupKey: String
  var payload: Payload
  let client = "Tocsin"
  let clientUrl: String?
  let links: [Link]
  /// What a text ends with that was cut; no part of the event.
  private let reference: String

  private enum CodingKeys: CodingKey {
    case routingKey, eventAction, dedupKey, payload, client, clientUrl, links
  }

  init(_ message: OutboundMessage, _ action: Action) {
    let incident = message.incident
    let package = Markup.plain.line(incident.package, TextLimit(255, .utf16))
    routingKey = message.target
    eventAction = action
    dedupKey = Self.dedupKey(of: message)
    payload = Payload(
      summary: message.headline(Self.summaryLimit, .plain),
      severity: message.kind == .test ? "info" : Self.severity(incident.severity),
      source: message.incidentURL.map(HTTPTarget.host) ?? "tocsin", timestamp: incident.createdAt,
      component: package, group: package, customDetails: Self.details(message))
    clientUrl = message.incidentURL
    links = message.incidentURL.map { [Link(href: $0, text: "Incident \(message.shortRef) in Tocsin")] } ?? []
    reference = message.shortRef
  }

  /// One alert for each conversation. A test has its own, which no incident knows.
  ///
  /// A notification that is sent after its incident was merged away leads to the alert of the incident that is left: the
  /// merge resolved the other, and nothing would ever resolve that again.
  static func dedupKey(of message: OutboundMessage) -> String {
    switch message.kind {
    case .test: message.communicationGuid
    case .notification: message.incident.incidentGuid
    case .update, .report: message.conversation
    }
  }

  private static func severity(_ severity: Severity) -> String {
    switch severity {
    case .critical: "critical"
    case .high: "error"
    case .medium: "warning"
    case .low: "info"
    }
  }

  /// The message, its reference and every column of the incident.
  private static func details(_ message: OutboundMessage) -> Metadata {
    var details: Metadata = [:]
    if let json = try? JSON.encode(message.incident), let columns = try? JSONValue.object(json) { details = columns }
    details["message"] = .string(message.text)
    details["short_ref"] = .string(message.shortRef)
    return details
  }
}

extension PagerDutyEvent {
  /// The event as JSON, its long texts cut as far as needed, the message first; nil when even that is not enough.
  func fitted() -> [UInt8]? {
    var event = self
    for key in ["message", "description", "resolution_summary", "root_cause", ""] {
      guard let json = try? JSON.encode(event) else { return nil }
      let excess = json.utf8.count - Self.longest
      if excess <= 0 { return Array(json.utf8) }
      guard let text = event.payload.customDetails[key]?.string else { continue }
      let end = key == "message" ? "…\n[Ref: \(reference)]" : "…"
      event.payload.customDetails[key] = .string(Self.shortened(text, by: excess, end: end))
    }
    // Better a page without details than none. The columns' own limits do not let it come to this.
    event.payload.customDetails = ["short_ref": .string(reference)]
    guard let json = try? JSON.encode(event), json.utf8.count <= Self.longest else { return nil }
    return Array(json.utf8)
  }

  /// The beginning of `text` and `end`, together `excess` bytes of JSON shorter than `text`, or as short as it gets.
  private static func shortened(_ text: String, by excess: Int, end: String) -> String {
    var room = bytes(text) - excess - bytes(end)
    return text.prefix { character in
      room -= bytes(String(character))
      return room >= 0
    } + end
  }

  /// Bytes of `text` inside a string of our ``JSON``.
  private static func bytes(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar {
      case "\"", "\\", "\n", "\r", "\t", "\u{8}", "\u{C}": sum + 2
      case _ where Unseen.contains(scalar): sum + 6
      default: sum + UTF8.width(scalar)
      }
    }
  }
}
