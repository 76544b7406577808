import Foundation
import Tocsin

/// What Twilio says about a message: a Message resource (https://www.twilio.com/docs/messaging/api/message-resource).
struct TwilioMessage: Sendable {
  /// `SM` or `MM` and 32 hexadecimal digits; gateways have a UUID.
  let sid: String
  /// `queued`, `delivered` …; empty when it does not say.
  let status: String
  /// How many SMS it became. 0 when a messaging service has not picked a number yet.
  let segments: Int64?
  /// Why it was not delivered.
  let errorCode: Int?
  let to: String?
  let body: String
  let isOutbound: Bool
  /// When Twilio took it.
  let created: Date?

  /// Nil without a sid: then there is no proof of anything.
  init?(_ object: Metadata) {
    guard let sid = object["sid"]?.string, Self.isSid(sid) else { return nil }
    self.sid = sid
    status = object["status"]?.string.flatMap(Self.word) ?? ""
    segments = object["num_segments"]?.whole
    errorCode = object["error_code"]?.whole.flatMap(TwilioError.code)
    to = object["to"]?.string
    body = object["body"]?.string ?? ""
    isOutbound = object["direction"]?.string?.hasPrefix("outbound") ?? true
    created = object["date_created"]?.string.flatMap(InternetDate.mail)
  }

  /// Whether Twilio has given it up.
  var isLost: Bool { Self.lost.contains(status) }

  /// What is kept of it.
  var metadata: Metadata {
    var kept: Metadata = [:]
    if !status.isEmpty { kept["status"] = .string(status) }
    if let segments { kept["num_segments"] = .integer(segments) }
    if let errorCode { kept["error_code"] = .integer(Int64(errorCode)) }
    return kept
  }

  static let lost: Set = ["failed", "undelivered", "canceled"]

  static func isSid(_ text: String) -> Bool {
    text.wholeMatch(of: /(SM|MM)[0-9a-fA-F]{32}/) != nil || isUUID(text)
  }

  /// A status as Twilio writes them, or nil for anything else, which is not worth repeating.
  static func word(_ text: String) -> String? { text.wholeMatch(of: /[a-z_]{1,20}/) == nil ? nil : text }
}

extension JSONValue {
  /// The whole number, when it is one or a text of one.
  fileprivate var whole: Int64? {
    switch self {
    case .integer(let number): number
    case .string(let text): Int64(text)
    default: nil
    }
  }
}
