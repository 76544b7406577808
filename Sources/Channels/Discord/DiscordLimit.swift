import Foundation
import Tocsin

/// What Discord says about its limits (https://docs.discord.com/developers/topics/rate-limits).
enum DiscordLimit {
  private struct Body: Decodable {
    let retryAfter: Double

    enum CodingKeys: String, CodingKey { case retryAfter = "retry_after" }
  }

  /// As ``HTTPAnswer/refusal``, with the longest wait that header and body name.
  static func refusal(_ answer: HTTPAnswer) -> SendFailure? {
    guard answer.status == 429 else { return answer.refusal }
    let waits = [RetryAfter.seconds(answer.headers["retry-after"]), answer.json(Body.self)?.retryAfter]
    let longest = waits.compactMap(\.self).filter { $0.isFinite && $0 > 0 }.max()
    return .retryable("Discord gets too many messages (429)", after: longest)
  }

  /// Seconds until the next message may come, when this one was the last for now.
  static func quiet(_ answer: HTTPAnswer) -> Double? {
    guard answer.headers["x-ratelimit-remaining"] == "0", let text = answer.headers["x-ratelimit-reset-after"],
      text.wholeMatch(of: /[0-9]{1,9}(\.[0-9]{1,9})?/) != nil
    else { return nil }
    return Double(text)
  }
}
