import Tocsin

/// What a phone shows: no markup, no room, read at night.
enum PageText {
  /// Characters of the package in a line that must stay short.
  private static let longestPackage = 30
  /// Units of one SMS.
  private static let oneSMS = 160
  /// A whole WhatsApp message made of a template has at most 1,024 characters, of which the template has some itself.
  private static let variableLimit = TextLimit(900, .utf16)

  /// The text of an SMS: the standard text as one line that decides, of at most 160 characters, in which only the title is
  /// cut; any other text as it is, up to Twilio's limit.
  static func sms(_ message: OutboundMessage) -> String {
    isStandard(message) ? line(message) : fitting(Unseen.removed(from: message.text), message.shortRef)
  }

  /// The text as it is, up to Twilio's limit.
  static func whole(_ message: OutboundMessage) -> String {
    fitting(Unseen.removed(from: message.text), message.shortRef)
  }

  /// The line that decides, without the reference, for a template's variable: the standard text in short, any other as one
  /// line. Never empty, no line breaks, no two spaces in a row (https://www.twilio.com/docs/api/errors/21656).
  static func variable(_ message: OutboundMessage) -> String {
    let ref = "[Ref: \(message.shortRef)]"
    let text = flat(Unseen.removed(from: message.text).replacing(ref, with: ""))
    let line = isStandard(message) || text.isEmpty ? summary(message, title: word(message.incident.title)) : text
    return variableLimit.length(of: line) <= variableLimit.count
      ? line : TextLimit.beginning(of: line, variableLimit.count - 3, variableLimit.length) + "..."
  }

  /// Whether ``whole(_:)`` leaves `text` whole.
  static func fits(_ text: String) -> Bool {
    Twilio.textLimit.length(of: Unseen.removed(from: text)) <= Twilio.textLimit.count
  }

  /// Whether ``variable(_:)`` leaves `text` whole; that its last reference stands elsewhere is not taken into account.
  static func fitsVariable(_ text: String) -> Bool {
    variableLimit.length(of: flat(Unseen.removed(from: text))) <= variableLimit.count
  }

  /// Whether its facts are the incident's, so that they can be said in one line.
  private static func isStandard(_ message: OutboundMessage) -> Bool {
    message.kind == .notification && message.incidents == 1 && OutboundMessage.isStandard(message.text)
  }

  private static func line(_ message: OutboundMessage) -> String {
    let title = word(message.incident.title)
    let ref = " [Ref: \(message.shortRef)]"
    let whole = summary(message, title: title)
    if let url = message.incidentURL, SMSSegments.units("\(whole) \(Unseen.removed(from: url))\(ref)") <= oneSMS {
      return "\(whole) \(Unseen.removed(from: url))\(ref)"
    }
    let length = { (text: String) in SMSSegments.isGSM7(whole + ref) ? SMSSegments.units(text) : text.utf16.count }
    if length(whole + ref) <= oneSMS { return whole + ref }
    let room = oneSMS - length(summary(message, title: "...") + ref)
    return summary(message, title: TextLimit.beginning(of: title, room, length) + "...") + ref
  }

  private static func summary(_ message: OutboundMessage, title: String) -> String {
    let incident = message.incident
    let package = word(incident.package)
    let short =
      package.utf16.count <= longestPackage
      ? package : TextLimit.beginning(of: package, longestPackage - 3) { $0.utf16.count } + "..."
    return "\(incident.severity.rawValue): \(title) - \(short) - \(incident.status.rawValue)"
  }

  private static func fitting(_ text: String, _ shortRef: String) -> String {
    let limit = Twilio.textLimit
    guard limit.length(of: text) > limit.count, SMSSegments.isGSM7(text) else {
      return limit.fitting(text, shortRef: shortRef)
    }
    // The one character "…" would more than double the price of the whole text.
    let cut = TextLimit(limit.count - 2, limit.unit).fitting(text, shortRef: shortRef)
    return cut.replacing("…", with: "...")
  }

  /// A title or package as part of a line.
  private static func word(_ text: String) -> String {
    let word = flat(Unseen.removed(from: text))
    return word.isEmpty ? "(empty)" : word
  }

  /// In one line, with single spaces.
  private static func flat(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
