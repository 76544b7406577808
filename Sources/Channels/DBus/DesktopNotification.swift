import CDBus
import Tocsin

/// A message as a desktop shows it (https://specifications.freedesktop.org/notification-spec/, version 1.2).
struct DesktopNotification: Sendable {
  /// What is told when the button is pressed.
  static let acknowledge = "acknowledge"
  /// The specification knows no limit. What is longer is cut here, because it would cover the screen.
  static let limit = TextLimit(1000, .characters)

  let replaces: UInt32
  let summary: String
  let body: String
  /// Whether people can acknowledge by a button.
  let hasButton: Bool
  let urgency: UInt8
  /// Milliseconds, 0 for never, -1 for as the daemon likes.
  let expires: Int32

  /// - Parameters:
  ///   - capabilities: the daemon's.
  ///   - replaces: the notification that this one takes the place of; 0 for none.
  init(_ message: OutboundMessage, capabilities: Set<String>, replaces: UInt32) {
    self.replaces = replaces
    summary = Self.line(message.subject)
    let text = Self.limit.fitting(Unseen.removed(from: message.text), shortRef: message.shortRef)
    body = Self.body(text, url: message.incidentURL, capabilities)
    let incident = message.incident
    let isAboutIncident = message.kind == .notification || message.kind == .update
    // A bundle tells of several incidents, and one button would take only one of them.
    hasButton =
      capabilities.contains("actions") && isAboutIncident && incident.status == .created && message.incidents == 1
    // What is over must not stay in the way.
    urgency = incident.status == .closed ? 0 : Self.urgency(incident.severity)
    expires = urgency == 2 ? 0 : -1
  }

  /// Whether `text` is shown whole.
  static func fits(_ text: String) -> Bool { limit.length(of: Unseen.removed(from: text)) <= limit.count }

  private static func line(_ text: String) -> String { Unseen.removed(from: text).replacing("\n", with: " ") }

  private static func urgency(_ severity: Severity) -> UInt8 {
    switch severity {
    case .low: 0
    case .medium, .high: 1
    case .critical: 2
    }
  }

  /// `text` as markup where the daemon reads markup, with the incident's address as a link where it shows links.
  private static func body(_ text: String, url: String?, _ capabilities: Set<String>) -> String {
    guard capabilities.contains("body-markup") else { return text }
    let markup = HTML.escaped(text)
    guard capabilities.contains("body-hyperlinks"), let url = url.map({ HTML.escaped(line($0)) }) else {
      return markup
    }
    let link = "<a href=\"\(url)\">\(url)</a>"
    return markup.contains(url) ? markup.replacing(url, with: link, maxReplacements: 1) : "\(markup)\n\(link)"
  }

  /// As C wants it; valid during the call.
  func withC<Result>(_ body: (cdbus_notification) -> Result) -> Result {
    summary.withCString { summary in
      self.body.withCString { text in
        Self.acknowledge.withCString { action in
          "Acknowledge".withCString { label in
            "x-tocsin.incident".withCString { category in
              body(
                cdbus_notification(
                  replaces: replaces, summary: summary, body: text, action: hasButton ? action : nil,
                  action_label: hasButton ? label : nil, urgency: urgency, category: category, expires: expires))
            }
          }
        }
      }
    }
  }
}
