import Tocsin

/// Twilio's error codes in words for people (https://www.twilio.com/docs/api/errors). Its own messages are never repeated.
enum TwilioError {
  private static let sentences = [
    20003: "it refused account_sid or auth_token", 20005: "the account is not active",
    20404: "it does not know the account or what was asked for", 20429: "it gets too many requests at once",
    21211: "the number to send to is not valid", 21212: "the sender (from) is not valid",
    21266: "sender and receiver are the same number", 21408: "the account may not send to this region",
    21603: "the sender (from) is missing", 21604: "the number to send to is missing",
    21606: "the sender (from) is not one of the account's numbers, or cannot send this",
    21608: "a trial account sends to verified numbers only",
    21610: "the person has unsubscribed (STOP); only a START from that phone undoes it",
    21611: "the sender's queue is full", 21612: "this sender (from) cannot reach that number",
    21614: "the number to send to is not a mobile number", 21617: "the text is too long",
    21655: "content_sid is not valid", 21656: "the template does not take our variables; see content_sid",
    21658: "a value is too long", 21703: "the messaging service has no numbers",
    30001: "the sender's queue is full", 30002: "the account is suspended", 30003: "the phone is off or out of reach",
    30004: "the message was blocked", 30005: "the number does not exist or is out of service",
    30006: "the number is a landline, or its carrier cannot be reached", 30007: "the carrier filtered the message",
    30008: "the carrier did not say why", 30034: "the sender is not registered for A2P 10DLC",
    63003: "WhatsApp does not know the number", 63007: "the sender (from) is not registered with WhatsApp",
    63015: "the person has not joined the WhatsApp sandbox",
    63016: "outside the 24 hours after the person's last message WhatsApp takes templates only: set "
      + "channels.whatsapp.content_sid",
    63018: "WhatsApp takes no more messages for the moment", 63024: "WhatsApp does not take this number",
  ]

  /// Worth trying again although they may come with a status of 4xx: too many at once, a full queue.
  private static let passing: Set = [20429, 21611, 63018]

  /// What to make of an answer that is not 2xx.
  static func failure(_ answer: HTTPAnswer) -> SendFailure {
    guard answer.status >= 200 else { return .retryable("the answer has no end (\(answer.status))") }
    guard let code = answer.object["code"].flatMap(number).flatMap(code), (400...499).contains(answer.status),
      answer.status != 408
    else { return answer.refusal ?? .retryable("the answer cannot be read (\(answer.status))") }
    let text = "the gateway refused: \(words(code)) (error \(code), status \(answer.status))"
    guard passing.contains(code) || answer.status == 429 else { return .permanent(text) }
    return .retryable(text, after: RetryAfter.seconds(answer.headers["retry-after"]))
  }

  /// Why a message that was taken did not arrive.
  static func undelivered(_ status: String, _ code: Int?) -> String {
    guard let code else { return "not delivered (\(status))" }
    return "not delivered (\(status)): \(words(code)) (error \(code))"
  }

  /// `number` when it can be one of theirs.
  static func code(_ number: Int64) -> Int? { (10_000...99_999).contains(number) ? Int(number) : nil }

  private static func number(_ value: JSONValue) -> Int64? {
    if case .integer(let number) = value { number } else { nil }
  }

  private static func words(_ code: Int) -> String {
    sentences[code] ?? "see https://www.twilio.com/docs/api/errors/\(code)"
  }
}
