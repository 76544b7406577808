import Tocsin

/// Calls Slack's Web API (https://docs.slack.dev/apis/web-api).
struct SlackAPI: Sendable {
  let baseURL: String
  let token: Secret
  let caFile: String?
  let timeOuts: TimeOuts

  /// What Slack answered with status 200, which may well be a refusal.
  func call(_ method: String, _ arguments: Metadata = [:]) async throws(SendFailure) -> SlackAnswer {
    guard let body = try? JSON.encode(arguments) else { throw .permanent("the message cannot be written as JSON") }
    let post = HTTPPost(
      url: "\(baseURL)/\(method)",
      headers: [
        ("content-type", "application/json; charset=utf-8"), ("authorization", "Bearer \(token.exposed)"),
      ], body: Array(body.utf8), caFile: caFile, timeOuts: timeOuts)
    let answer = try await post.accepted()
    guard answer.status == 200, var result = answer.json(SlackAnswer.self) else {
      throw .retryable("Slack gave no answer that makes sense (\(answer.status))")
    }
    result.retryAfter = RetryAfter.seconds(answer.headers["retry-after"])
    return result
  }

  /// Asks who the token belongs to (https://docs.slack.dev/reference/methods/auth.test).
  func probe() async -> String? {
    do throws(SendFailure) { return try await call("auth.test").refusal?.reason } catch { return error.reason }
  }
}

/// An answer of the Web API, as far as we read it.
struct SlackAnswer: Decodable {
  let ok: Bool
  let error: String?
  private let channel: String?
  private let ts: String?
  var retryAfter: Double?

  private enum CodingKeys: CodingKey { case ok, error, channel, ts }

  /// The message that was posted or edited.
  var id: SlackMessageID? { ok ? SlackMessageID(channel: channel, ts: ts) : nil }

  /// Why Slack did not do it; nil when it did.
  var refusal: SendFailure? {
    if ok { return nil }
    return SlackError.failure(error, after: retryAfter) ?? .retryable("Slack refused it with an unknown error")
  }
}
