import Tocsin

/// Who a message is from.
enum TwilioSender: Sendable, Equatable {
  /// A phone number, a short code or a name.
  case from(String)
  /// A messaging service, which picks one of its own numbers.
  case service(String)

  /// - Throws: ``Failure`` with code `invalid` for what is not a phone number.
  init(number text: String) throws {
    guard Twilio.fault(inTarget: text) == nil else {
      throw Setting.invalid("from", "must be a phone number with + and its country code, such as +15550123456")
    }
    self = .from(text)
  }

  /// Also takes a short code of 5 or 6 digits, a name of at most 11 letters, digits, spaces and `+-_&` of which one is a
  /// letter (https://www.twilio.com/docs/messaging/api/alphasender-resource), and a messaging service.
  init(numberOrName text: String) throws {
    if text.wholeMatch(of: /MG[0-9a-fA-F]{32}/) != nil {
      self = .service(text)
    } else if text.wholeMatch(of: /[0-9]{5,6}/) != nil
      || text.wholeMatch(of: /[A-Za-z0-9 +_&-]{1,11}/) != nil && text.contains(where: { $0.isLetter })
    {
      self = .from(text)
    } else {
      guard Twilio.fault(inTarget: text) == nil else {
        throw Setting.invalid(
          "from",
          "must be a phone number such as +15550123456, a short code, a name of at most 11 letters and digits, or the sid "
            + "of a messaging service (MG and 32 hexadecimal digits)")
      }
      self = .from(text)
    }
  }

  /// The form field that says so.
  func field(prefix: String) -> (String, String) {
    switch self {
    case .from(let sender): ("From", prefix + sender)
    case .service(let sid): ("MessagingServiceSid", sid)
    }
  }
}
