import Foundation
import Tocsin

/// Posts to Slack: as a bot, which can edit and use threads, or by an incoming webhook, which can only post. Proof: the
/// message's timestamp, or the webhook's `ok`.
public struct Slack: Channel {
  public static let about = ChannelInfo(
    name: "SLACK", summary: "Posts to a Slack channel; as a bot it keeps the first message up to date.",
    target: "a channel, such as #ops or C0123456789",
    settings: [
      ChannelSetting(
        "bot_token", "token of a bot with the scope chat:write, begins with xoxb-; needs default_target", secret: true),
      ChannelSetting(
        "default_target", "channel of messages whose rule names none, such as #ops or its id C0123456789"),
      ChannelSetting(
        "webhook_url", "URL of an incoming webhook, for use without a bot; bot_token goes first", secret: true),
      ChannelSetting("base_url", "address of the Web API; \(standardURL) by default"),
      ChannelSetting("signing_secret", "the app's signing secret, 32 hexadecimal digits; not used yet", secret: true),
      ChannelSetting("ca_file", Setting.caFileHint),
    ],
    textLimit: SlackBlocks.textLimit,
    // https://docs.slack.dev/apis/web-api/rate-limits: one message a second and channel.
    rate: SendRate(burst: 1, oneEvery: 1),
    abilities: [.threads, .edits, .follows, .bundles])

  private static let standardURL = "https://slack.com/api"
  /// The target when there is only the webhook, which knows its channel itself.
  private static let webhookTarget = "webhook"

  private enum Way {
    case bot(SlackBot)
    case webhook(SlackWebhook)
  }

  public let defaultTarget: String?
  private let way: Way

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    let baseURL = try Setting.baseURL(settings, standard: Self.standardURL)
    let caFile = try Setting.caFile(settings)
    try Self.checkForm(of: settings)
    if let token = settings["bot_token"] {
      guard let target = settings["default_target"] else {
        throw Setting.invalid("default_target", "is missing; a bot needs it, such as #ops")
      }
      defaultTarget = target
      way = .bot(SlackBot(api: SlackAPI(baseURL: baseURL, token: Secret(token), caFile: caFile, timeOuts: timeOuts)))
    } else if let url = settings["webhook_url"] {
      defaultTarget = settings["default_target"] ?? Self.webhookTarget
      way = .webhook(SlackWebhook(url: Secret(url), caFile: caFile, timeOuts: timeOuts))
    } else {
      throw Setting.invalid("bot_token", "is missing; Slack needs bot_token and default_target, or webhook_url")
    }
  }

  private static func checkForm(of settings: [String: String]) throws {
    if let token = settings["bot_token"],
      token.wholeMatch(of: /xox[a-z.]{1,10}-[A-Za-z0-9-]{8,500}/) == nil || token.utf8.count != token.count
    {
      throw Setting.invalid("bot_token", "must be a token, such as xoxb-123-456-abc")
    }
    if let target = settings["default_target"], let fault = channelFault(target) {
      throw Setting.invalid("default_target", fault)
    }
    if let fault = settings["webhook_url"].flatMap(HTTPTarget.fault) { throw Setting.invalid("webhook_url", fault) }
    if let secret = settings["signing_secret"], secret.wholeMatch(of: /[0-9a-fA-F]{32}/) == nil {
      throw Setting.invalid("signing_secret", "must be 32 hexadecimal digits")
    }
  }

  /// As a bot everything that people see in the first message; a webhook cannot edit.
  public var follows: Set<EventType> {
    guard case .bot = way else { return [] }
    return [
      .statusChange, .incidentClosed, .incidentReopened, .severityChange, .assignmentChange, .detailsChange,
      .incidentMerged,
    ]
  }

  public func fault(inTarget target: String) -> String? {
    if case .webhook = way, target == Self.webhookTarget { return nil }
    return Self.channelFault(target)
  }

  /// Names have up to 80 letters, digits, hyphens, underscores (https://docs.slack.dev/reference/methods/conversations.create).
  private static func channelFault(_ target: String) -> String? {
    let isName = target.wholeMatch(of: /#[\p{L}\p{M}\p{N}_.\-]{1,80}/) != nil
    let isID = target.wholeMatch(of: /[CDGUW][A-Z0-9]{2,20}/) != nil
    return isName || isID ? nil : "must be a channel, such as #ops or C0123456789"
  }

  /// The channel: each has a limit of its own.
  public func destination(of target: String) -> String {
    if case .webhook = way { Self.webhookTarget } else { target }
  }

  public func fits(_ text: String) -> Bool { Markup.slack.fits(text, SlackBlocks.textLimit) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    switch way {
    case .bot(let bot): return try await bot.send(message)
    case .webhook(let webhook):
      let elsewhere = message.target == defaultTarget ? nil : message.target
      return try await webhook.send(message, insteadOf: elsewhere)
    }
  }

  public func probe() async -> String? {
    switch way {
    case .bot(let bot): await bot.api.probe()
    case .webhook(let webhook): await webhook.probe()
    }
  }
}
