import Foundation
import Tocsin

/// Posts to a Discord channel by a webhook (https://docs.discord.com/developers/resources/webhook). Proof: the id of the
/// message.
public struct Discord: Channel {
  public static let about = ChannelInfo(
    name: "DISCORD", summary: "Posts to a Discord channel and keeps the first message up to date.",
    target: "the URL of another webhook, or the id of a thread in the webhook's channel",
    settings: [
      ChannelSetting(
        "webhook_url", "URL of the channel's webhook, as Discord shows it: the default target", required: true,
        secret: true),
      ChannelSetting("ca_file", Setting.caFileHint),
    ],
    textLimit: DiscordMessage.textLimit,
    // Discord names no figure; its headers say more with each answer.
    rate: SendRate(burst: 5, oneEvery: 2),
    abilities: [.edits, .follows, .bundles])

  private let webhook: DiscordAddress
  private let caFile: String?
  private let timeOuts: TimeOuts

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    guard let webhook = DiscordAddress(settings["webhook_url"] ?? "") else {
      throw Setting.invalid("webhook_url", Self.addressFault)
    }
    self.webhook = webhook
    caFile = try Setting.caFile(settings)
    self.timeOuts = timeOuts
  }

  private static let addressFault =
    "must be a webhook's URL as Discord shows it: https://discord.com/api/webhooks/ID/TOKEN, without a query"

  public var defaultTarget: String? { webhook.webhook }

  public var follows: Set<EventType> {
    [
      .statusChange, .incidentClosed, .incidentReopened, .severityChange, .assignmentChange, .detailsChange,
      .incidentMerged,
    ]
  }

  public func fault(inTarget target: String) -> String? {
    if Self.isThread(target) { return nil }
    guard let address = DiscordAddress(target) else { return "\(Self.addressFault), or the id of a thread" }
    guard address.isDiscords || address.origin == webhook.origin else {
      return "must be at discord.com, or where webhook_url is"
    }
    return nil
  }

  private static func isThread(_ target: String) -> Bool { target.wholeMatch(of: /[0-9]{1,20}/) != nil }

  /// A thread's id, or the host of a webhook: whoever knows the rest may post.
  public func shown(_ target: String) -> String {
    if Self.isThread(target) { return target }
    return DiscordAddress(target).map { "\($0.origin)/…" } ?? "…"
  }

  /// The webhook's id: Discord limits each by itself.
  public func destination(of target: String) -> String { address(target).id }

  private func address(_ target: String) -> DiscordAddress { DiscordAddress(target) ?? webhook }

  public func fits(_ text: String) -> Bool { Markup.discord.fits(text, DiscordMessage.textLimit) }

  /// First the edit, which can be repeated at will, then the post, whose answer is the proof.
  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    let address = address(message.target)
    let thread = Self.isThread(message.target) ? message.target : nil
    var quiet: Double?
    if message.kind == .update, message.isAboutOneIncident, let first = message.first,
      first.externalId.wholeMatch(of: /[0-9]{1,20}/) != nil
    {
      let url = address.message(first.externalId, thread: thread)
      quiet = try await showState(of: message, first, at: url)
    }
    let answer = try await answer(
      "POST", address.execution(thread: thread), DiscordMessage.content(message, isChange: quiet != nil), timeOuts)
    if let refusal = DiscordLimit.refusal(answer) { throw refusal }
    let posted = answer.json(DiscordPosted.self)
    guard answer.status == 200, let id = posted?.id, id.wholeMatch(of: /[0-9]{1,20}/) != nil else {
      throw .retryable("Discord did not confirm the message (\(answer.status))")
    }
    let wait = max(quiet ?? 0, DiscordLimit.quiet(answer) ?? 0)
    return Receipt(
      externalId: id, metadata: posted?.channelID.map { ["channel_id": .string($0)] } ?? [:],
      quiet: wait > 0 ? wait : nil)
  }

  /// Edits the first message. When it was deleted, or is another webhook's, the news is posted all the same.
  ///
  /// - Returns: seconds of quiet that Discord asks for, 0 for none; nil when there is nothing to edit.
  private func showState(
    of message: OutboundMessage, _ first: OutboundMessage.Sent, at url: String
  ) async throws(SendFailure) -> Double? {
    let answer = try await answer("PATCH", url, DiscordMessage.state(message, first), timeOuts.ofEdit)
    guard let refusal = DiscordLimit.refusal(answer) else { return DiscordLimit.quiet(answer) ?? 0 }
    // 10008: unknown message; 50005: written by somebody else (https://docs.discord.com/developers/topics/opcodes-and-status-codes).
    let code = answer.json(DiscordError.self)?.code
    if code == 10008 || code == 50005 || answer.status == 400 { return nil }
    throw refusal
  }

  private func answer(
    _ method: String, _ url: String, _ content: JSONValue, _ timeOuts: TimeOuts
  ) async throws(SendFailure) -> HTTPAnswer {
    guard let body = try? JSON.encode(content) else { throw .permanent("the message cannot be written as JSON") }
    let post = HTTPPost(
      url: url, headers: [("content-type", "application/json")], body: Array(body.utf8), caFile: caFile,
      timeOuts: timeOuts)
    return try await post.answer(method: method)
  }

  /// Reads the webhook, which needs nothing but its URL.
  public func probe() async -> String? {
    do throws(SendFailure) {
      let answer = try await HTTPPost(url: webhook.webhook, caFile: caFile, timeOuts: timeOuts).answer(method: "GET")
      if let refusal = DiscordLimit.refusal(answer) { return refusal.reason }
      return answer.json(DiscordPosted.self)?.id == webhook.id ? nil : "there is no Discord webhook at that address"
    } catch {
      return error.reason
    }
  }
}

/// A message, or a webhook, as far as we read it.
private struct DiscordPosted: Decodable {
  let id: String
  let channelID: String?

  enum CodingKeys: String, CodingKey {
    case id
    case channelID = "channel_id"
  }
}

private struct DiscordError: Decodable {
  let code: Int
}
