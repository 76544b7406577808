import Tocsin

/// Sends as a bot: the first message about an incident shows how it stands, and everything later is in its thread.
struct SlackBot: Sendable {
  let api: SlackAPI

  /// First the edit, which can be repeated at will, then the post, whose `ok` is the proof: when a step fails and the
  /// message is tried again, nothing is lost and nothing stands there twice. All of it ends within twice the time-out.
  func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let deadline = ContinuousClock.now + .seconds(2 * api.timeOuts.total)
    guard message.isAboutOneIncident, let first = message.first,
      let parent = SlackMessageID(first.externalId)
    else { return try await post(message, in: nil, by: deadline) }
    if message.kind == .update, try await !showState(of: message, in: first, parent) {
      return try await post(message, in: nil, by: deadline)
    }
    return try await post(message, in: parent, by: deadline)
  }

  /// Edits the first message. What cannot be edited does not keep the news from being posted.
  ///
  /// - Returns: false when it was deleted, and has no thread any more.
  private func showState(
    of message: OutboundMessage, in first: OutboundMessage.Sent, _ id: SlackMessageID
  ) async throws(SendFailure) -> Bool {
    let arguments: Metadata = [
      "channel": .string(id.channel), "ts": .string(id.ts), "parse": "none", "link_names": false,
      "text": .string(SlackBlocks.stateText(message, first)), "blocks": .array(SlackBlocks.state(message, first)),
    ]
    let answer = try await api.call("chat.update", arguments, timeOuts: api.timeOuts.ofEdit)
    if let refusal = answer.refusal, case .retryable = refusal { throw refusal }
    return answer.error != "message_not_found"
  }

  private func post(
    _ message: OutboundMessage, in thread: SlackMessageID?, by deadline: ContinuousClock.Instant
  ) async throws(SendFailure) -> Receipt {
    var arguments = SlackBlocks.content(message, isReply: thread != nil)
    arguments["channel"] = .string(thread?.channel ?? message.target)
    if let thread {
      arguments["thread_ts"] = .string(thread.ts)
      // An update is on the first message already; a further page has to be seen by everybody.
      if message.kind != .update { arguments["reply_broadcast"] = true }
    }
    let answer = try await api.call("chat.postMessage", arguments, timeOuts: api.timeOuts.ending(by: deadline))
    if thread != nil, let error = answer.error, Self.threadErrors.contains(error) {
      return try await post(message, in: nil, by: deadline)
    }
    if let refusal = answer.refusal { throw refusal }
    guard let id = answer.id else { throw .retryable("Slack did not confirm the message") }
    return Receipt(externalId: id.text)
  }

  /// The thread is not there, or takes nothing: then the message stands alone.
  private static let threadErrors: Set<String> = [
    "thread_not_found", "message_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel",
  ]
}

/// A message in Slack: its channel and its timestamp, which is unique there.
struct SlackMessageID: Equatable {
  let channel: String
  let ts: String

  init?(channel: String?, ts: String?) {
    guard let channel, let ts, channel.wholeMatch(of: /[A-Z0-9]{2,40}/) != nil,
      ts.wholeMatch(of: /[0-9]{1,20}\.[0-9]{1,20}/) != nil
    else { return nil }
    self.channel = channel
    self.ts = ts
  }

  /// Reads `C0123456789:1503435956.000247`; nil for anything else, such as what a webhook's message has.
  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    self.init(channel: parts.first, ts: parts.count == 2 ? parts[1] : nil)
  }

  var text: String { "\(channel):\(ts)" }
}
