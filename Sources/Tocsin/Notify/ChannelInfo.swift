import Foundation

/// What a channel says about itself, once.
public struct ChannelInfo: Sendable {
  /// What to do with a message of which an attempt began and has no known end: the process died, or was cut off.
  public enum UnclearAttempt: String, Sendable {
    /// Send it again, with the same reference and the same vendor key.
    case resend
    /// Ask the vendor first (``Channel/find(_:)``), and send it again only when the vendor does not have it.
    case lookUp
  }

  public enum Ability: String, Sendable, CaseIterable {
    /// Messages about one incident hang together.
    case threads
    /// The first message about an incident shows its present state.
    case edits
    /// Changes of the incident are passed on without being asked.
    case follows
    /// The vendor tells later whether a message was delivered.
    case deliveryReports = "delivery reports"
    /// People can answer by a button.
    case replies
    /// In a storm of alerts, one message tells of several incidents.
    case bundles
  }

  /// As it stands in `NotifyChannels` and in the Channel column: `EMAIL`.
  public let name: String
  /// One sentence for people.
  public let summary: String
  /// What a target looks like, for people: `an address, such as dba@example.com`.
  public let target: String
  public let settings: [ChannelSetting]
  /// The longest text that one message carries; nil for no limit of its own.
  public let textLimit: TextLimit?
  /// How fast one destination takes messages; nil for as fast as it answers.
  public let rate: SendRate?
  public let abilities: Set<Ability>
  public let afterUnclearAttempt: UnclearAttempt

  public init(
    name: String, summary: String, target: String, settings: [ChannelSetting], textLimit: TextLimit? = nil,
    rate: SendRate? = nil, abilities: Set<Ability> = [], afterUnclearAttempt: UnclearAttempt = .resend
  ) {
    self.name = name
    self.summary = summary
    self.target = target
    self.settings = settings
    self.textLimit = textLimit
    self.rate = rate
    self.abilities = abilities
    self.afterUnclearAttempt = afterUnclearAttempt
  }
}

extension ChannelInfo {
  /// Limits and abilities in words.
  public var facts: [String] {
    let text = textLimit.map { "text up to \($0.count) \($0.unit.rawValue)" }
    let speed = rate.map { rate in
      (rate.burst > 1 ? "\(rate.burst) messages at once, then " : "") + "1 every \(rate.seconds.formatted()) s"
    }
    let able = abilities.map(\.rawValue).sorted().joined(separator: ", ")
    let unclear = afterUnclearAttempt == .lookUp ? "looks up before it repeats" : nil
    return [text, speed, able.isEmpty ? nil : able, unclear].compactMap(\.self)
  }
}

/// One key under `channels.<name>.` in the configuration.
public struct ChannelSetting: Sendable {
  public let key: String
  /// What it means and what is allowed, for people.
  public let hint: String
  public let required: Bool
  /// Never shown, logged or exported.
  public let secret: Bool

  public init(_ key: String, _ hint: String, required: Bool = false, secret: Bool = false) {
    self.key = key
    self.hint = hint
    self.required = required
    self.secret = secret
  }
}

/// How many messages a destination takes: `burst` at once, and then one every `seconds`.
public struct SendRate: Sendable, Equatable {
  public let burst: Int
  public let seconds: Double

  public init(burst: Int, oneEvery seconds: Double) {
    self.burst = burst
    self.seconds = seconds
  }
}
