import Tocsin

/// A server's answer to an ``HTTPPost``.
struct HTTPAnswer: Sendable {
  let status: Int
  /// By name in lower case; the first of each name.
  let headers: [String: String]
  /// At most ``HTTPPost/longestAnswer`` bytes.
  let body: [UInt8]

  /// Why the server did not take the message; nil for 2xx. Worth trying again: 408, 429, 5xx and what is no status, not
  /// before the time that the server asks for (RFC 9110, sections 10.2.3 and 15). Anything else is for good, redirects too.
  var refusal: SendFailure? {
    switch status {
    case 200...299: nil
    // An interim answer, with none after it.
    case 100...199: .retryable("the receiver gave no answer that makes sense (\(status))")
    case 408: .retryable("the receiver waited too long for the message (408)", after: seconds)
    case 429: .retryable("the receiver gets too many messages (429)", after: seconds)
    case 300...399: .permanent("the receiver has moved: it answered with a redirect, which is not followed (\(status))")
    case 410: .permanent("the receiver no longer wants messages (410)")
    case 401, 403: .permanent("the receiver refused our credentials (\(status))")
    case 404: .permanent("the receiver has no such address (404)")
    case 400...499: .permanent("the receiver refused the message (\(status))")
    // Statuses that do not exist count as 500 (RFC 9110, section 15); a 1xx is no answer to what was asked.
    default: .retryable("the receiver has a fault of its own (\(status))", after: seconds)
    }
  }

  private var seconds: Double? { RetryAfter.seconds(headers["retry-after"]) }
}
