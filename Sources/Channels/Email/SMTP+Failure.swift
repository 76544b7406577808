import CCurl
import Tocsin

extension SMTP {
  /// What to make of the end of a conversation: nil when the server took the mail. A reply of 5xx is for good; anything
  /// else may go better next time. The server's own words are left out: it knows our password and could repeat it.
  func failure(_ outcome: Curl.Outcome) -> SendFailure? {
    if outcome.code == CURLE_OK { return nil }
    if let refusal = refusal(outcome) {
      let text = "\(url) \(refusal) (\(outcome.reply))"
      return (500...599).contains(outcome.reply) ? .permanent(text) : .retryable(text)
    }
    return .retryable("\(url): \(reason(outcome.text))")
  }

  /// What the server refused with its last reply; nil when the fault was another one: a time-out, a broken connection, a
  /// certificate. Its last reply means nothing then.
  private func refusal(_ outcome: Curl.Outcome) -> String? {
    guard (400...599).contains(outcome.reply) else { return nil }
    switch outcome.code {
    case CURLE_LOGIN_DENIED: return "refused the user name or the password"
    case CURLE_REMOTE_ACCESS_DENIED: return "refused to talk to us"
    case CURLE_WEIRD_SERVER_REPLY: return "refused the mail"
    case CURLE_SEND_ERROR where outcome.text.hasPrefix("RCPT"): return "refused the recipient"
    case CURLE_SEND_ERROR where outcome.text.hasPrefix("MAIL"): return "refused the sender"
    case CURLE_SEND_ERROR: return "refused the mail"
    default: return nil
    }
  }
}
