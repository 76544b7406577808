import Storage

/// A way to reach people. A channel sends one message, once: it never retries, never touches the database, never logs a
/// secret. Add one: a file in `Channels/` and a line in its list.
public protocol Channel: Sendable {
  /// Name, settings, limits and abilities: read by the configuration, `check-config`, `doctor` and `docs/channels.md`.
  static var about: ChannelInfo { get }

  /// - Parameter settings: values by the keys of ``ChannelInfo/settings``; keys without a value are absent. Required ones
  ///   are there, and nothing else is.
  /// - Throws: ``Failure`` with code `invalid` whose `field` is the key at fault.
  init(settings: [String: String]) throws

  /// Where a message goes when its rule names no target; nil when every rule must name one.
  var defaultTarget: String? { get }

  /// The changes of an incident that go by themselves to wherever this channel told of it before, as messages of kind
  /// `update`. None by default.
  var follows: Set<EventType> { get }

  /// Says why `target` cannot be one of this channel's, or nil when it can. Pure: no network.
  func fault(inTarget target: String) -> String?

  /// `target` as people may see it in lists, events and reports. Some addresses are secrets: whoever knows them may post.
  func shown(_ target: String) -> String

  /// What fails and is limited together with `target`: a host, an account, a vendor's room. While it is down or asks for
  /// patience, nothing else is sent there. At most 255 characters, no secret. By default one for the whole channel.
  func destination(of target: String) -> String

  /// Whether a text arrives whole, in this channel's own encoding; asked before several incidents are told in one message.
  /// By default ``ChannelInfo/textLimit`` decides.
  func fits(_ text: String) -> Bool

  /// Hands `message` over and returns the vendor's proof that it was accepted.
  func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt

  /// Asks the vendor whether it has `message`, of which an earlier attempt has no known end, and returns the proof; nil
  /// when it does not have it. Called only on a channel whose ``ChannelInfo/afterUnclearAttempt`` is `lookUp`.
  func find(_ message: OutboundMessage) async throws(SendFailure) -> Receipt?

  /// What a request to this channel's callback address says about a message that was accepted before; nil when it says
  /// nothing that matters.
  ///
  /// - Throws: ``Failure`` with code `unauthenticated` when it is not the vendor's, `malformed` when it cannot be read,
  ///   `notFound` when this channel takes no callbacks.
  func report(_ callback: VendorCallback) throws -> DeliveryReport?

  /// Stays connected for as long as the task runs, on channels that answer (a button on a desktop) or that show who is
  /// there; calls `heard` for each answer. By default it returns at once.
  func listen(_ heard: @escaping @Sendable (Reply) async -> Void) async

  /// Says why the channel's server cannot be reached or refuses the log-in, or nil when all is well. Sends no message.
  func probe() async -> String?
}

extension Channel {
  public var follows: Set<EventType> { [] }

  /// The target itself: most addresses are no secret.
  public func shown(_ target: String) -> String { target }

  public func destination(of target: String) -> String { "" }

  public func fits(_ text: String) -> Bool {
    Self.about.textLimit.map { $0.length(of: text) <= $0.count } ?? true
  }

  public func find(_ message: OutboundMessage) async throws(SendFailure) -> Receipt? { nil }

  public func report(_ callback: VendorCallback) throws -> DeliveryReport? {
    throw Failure(.notFound, "\(Self.about.name) takes no callbacks")
  }

  public func listen(_ heard: @escaping @Sendable (Reply) async -> Void) async {}
}

/// The vendor's proof of acceptance.
public struct Receipt: Sendable, Equatable {
  /// The vendor's id of the message: becomes `ExternalId`. At most 255 characters.
  public let externalId: String
  /// What else the vendor said that is worth keeping (segments, room, first status): goes into Metadata. No secret.
  public let metadata: Metadata
  /// Seconds in which the destination takes no further message, by the vendor's own headers.
  public let quiet: Double?

  public init(externalId: String, metadata: Metadata = [:], quiet: Double? = nil) {
    self.externalId = externalId
    self.metadata = metadata
    self.quiet = quiet
  }
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

/// A request that a vendor made to our callback address, byte for byte.
public struct VendorCallback: Sendable {
  /// Names in lower case.
  public let headers: [String: String]
  public let body: [UInt8]

  public init(headers: [String: String], body: [UInt8]) {
    self.headers = headers
    self.body = body
  }
}

/// What became of a message after the vendor accepted it.
public struct DeliveryReport: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case delivered
    case read
    case failed(reason: String)
  }

  /// The one in the message's ``Receipt``.
  public let externalId: String
  public let outcome: Outcome
  /// Goes into Metadata. No secret.
  public let metadata: Metadata

  public init(externalId: String, outcome: Outcome, metadata: Metadata = [:]) {
    self.externalId = externalId
    self.outcome = outcome
    self.metadata = metadata
  }
}

/// What somebody answered to a message, by a way whose sender is known.
public struct Reply: Sendable, Equatable {
  public enum Action: Sendable, Equatable {
    /// Takes the incident: out of CREATED, to INVESTIGATING.
    case acknowledge
  }

  /// The message's ``Receipt/externalId``.
  public let externalId: String
  public let action: Action
  /// Who answered.
  public let by: String

  public init(externalId: String, action: Action, by: String) {
    self.externalId = externalId
    self.action = action
    self.by = by
  }
}
