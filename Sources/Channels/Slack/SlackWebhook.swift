import Tocsin

/// Posts by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): into its own
/// channel, without a way back to the message.
struct SlackWebhook: Sendable {
  let url: Secret
  let caFile: String?
  let timeOuts: TimeOuts

  /// - Parameter target: the channel that the rule wanted, when it is not the webhook's. The message is sent all the same.
  func send(_ message: OutboundMessage, insteadOf target: String?) async throws(SendFailure) -> Receipt {
    guard let body = try? JSON.encode(SlackBlocks.content(message, isReply: false)) else {
      throw .permanent("the message cannot be written as JSON")
    }
    let post = HTTPPost(
      url: url.exposed, headers: [("content-type", "application/json; charset=utf-8")], body: Array(body.utf8),
      caFile: caFile, timeOuts: timeOuts)
    let answer = try await post.answer()
    let word = answer.body.count <= 100 ? String(decoding: answer.body, as: UTF8.self) : ""
    if answer.status == 200, word == "ok" {
      return Receipt(
        externalId: message.communicationGuid,
        metadata: target.map { ["wanted_channel": .string($0), "sent_to": "the webhook's own channel"] } ?? [:])
    }
    if answer.status != 429, let failure = SlackError.failure(word) { throw failure }
    throw answer.refusal ?? .retryable("Slack did not confirm the message (\(answer.status))")
  }

  /// Asks for the address's options: any HTTP answer shows that it is there.
  func probe() async -> String? {
    do throws(SendFailure) {
      _ = try await HTTPPost(url: url.exposed, caFile: caFile, timeOuts: timeOuts).answer(method: "OPTIONS")
      return nil
    } catch {
      return error.reason
    }
  }
}
