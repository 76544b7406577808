import Storage

/// A way to reach people. A channel sends one message, once: it never retries, never touches the database, never logs a
/// secret. Add one: a file in `Channels/` and a line in its list.
public protocol Channel: Sendable {
  /// Name, settings and limits: read by the configuration, `check-config`, `doctor` and `docs/channels.md`.
  static var about: ChannelInfo { get }

  /// - Parameter settings: values by the keys of ``ChannelInfo/settings``; keys without a value are absent. Required ones
  ///   are there, and nothing else is.
  /// - Throws: ``Failure`` with code `invalid` whose `field` is the key at fault.
  init(settings: [String: String]) throws

  /// Where a message goes when its rule names no target; nil when every rule must name one.
  var defaultTarget: String? { get }

  /// Says why `target` cannot be one of this channel's, or nil when it can. Pure: no network.
  func fault(inTarget target: String) -> String?

  /// `target` as people may see it in lists, events and reports. Some addresses are secrets: whoever knows them may post.
  func shown(_ target: String) -> String

  /// Hands `message` over and returns the vendor's proof that it was accepted.
  func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt

  /// Says why the channel's server cannot be reached or refuses the log-in, or nil when all is well. Sends no message.
  func probe() async -> String?
}

extension Channel {
  /// The target itself: most addresses are no secret.
  public func shown(_ target: String) -> String { target }
}

/// What a channel says about itself, once.
public struct ChannelInfo: Sendable {
  /// As it stands in `NotifyChannels` and in the Channel column: `EMAIL`.
  public let name: String
  /// One sentence for people.
  public let summary: String
  /// What a target looks like, for people: `an address, such as dba@example.com`.
  public let target: String
  public let settings: [ChannelSetting]

  public init(name: String, summary: String, target: String, settings: [ChannelSetting]) {
    self.name = name
    self.summary = summary
    self.target = target
    self.settings = settings
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

/// A message, ready to send. Its text came from outside: each channel encodes it for its own sink.
public struct OutboundMessage: Sendable {
  public enum Kind: String, Sendable {
    case notification = "NOTIFICATION"
    case report = "REPORT"
    case test = "TEST"
  }

  public var kind: Kind
  /// The same over all attempts: the vendor's key against duplicates.
  public var communicationGuid: String
  /// Stands in the text already.
  public var shortRef: String
  /// Where it goes, in the channel's own form.
  public var target: String
  /// One line, for channels that have one.
  public var subject: String
  public var text: String
  /// A ready HTML document, when there is one (reports); else the channel makes its own from the text.
  public var html: String?
  /// The incident as it is now.
  public var incident: Incident
  /// Where people see the incident; nil when no public URL is configured.
  public var incidentURL: String?

  public init(
    kind: Kind, communicationGuid: String, shortRef: String, target: String, subject: String, text: String,
    html: String? = nil, incident: Incident, incidentURL: String? = nil
  ) {
    self.kind = kind
    self.communicationGuid = communicationGuid
    self.shortRef = shortRef
    self.target = target
    self.subject = subject
    self.text = text
    self.html = html
    self.incident = incident
    self.incidentURL = incidentURL
  }
}

/// The vendor's proof of acceptance.
public struct Receipt: Sendable, Equatable {
  /// The vendor's id of the message: becomes `ExternalId`. At most 255 characters.
  public let externalId: String

  public init(externalId: String) { self.externalId = externalId }
}

/// Why a message was not accepted. The reason is for people and is stored: no secret may be in it.
public enum SendFailure: Error, Sendable, Equatable {
  /// Worth trying again; not before `after` seconds when the vendor said so.
  case retryable(String, after: Double? = nil)
  /// Will fail again however often it is tried.
  case permanent(String)

  public var reason: String {
    switch self {
    case .retryable(let reason, _), .permanent(let reason): reason
    }
  }
}
