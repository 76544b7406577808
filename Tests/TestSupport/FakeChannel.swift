import Synchronization
import Tocsin

/// What a fake vendor does with the messages it gets.
public enum FakeAnswer: Sendable {
  case accept
  case refuse(String)
  case refuseForNow(String, after: Double? = nil)
  /// Says nothing until it is told to answer otherwise, or a minute is over.
  case hang
  /// Does so for targets that begin like this, and accepts the others.
  case hangFor(String)
}

/// A vendor that lives in memory: it keeps what it gets and answers as told. Any number of channels may share one.
public final class FakeVendor: Sendable {
  private struct State {
    var answer: FakeAnswer
    var received: [OutboundMessage] = []
  }

  private let state: Mutex<State>

  public init(_ answer: FakeAnswer = .accept) { state = Mutex(State(answer: answer)) }

  /// Everything it got, refused or not, in order.
  public var received: [OutboundMessage] { state.withLock { $0.received } }

  /// Answers this way from now on.
  public func answer(_ answer: FakeAnswer) { state.withLock { $0.answer = answer } }

  private var hangs: Bool {
    state.withLock {
      switch $0.answer {
      case .hang, .hangFor: true
      case .accept, .refuse, .refuseForNow: false
      }
    }
  }

  func take(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let (answer, count) = state.withLock { state in
      state.received.append(message)
      return (state.answer, state.received.count)
    }
    switch answer {
    case .accept: return Receipt(externalId: "vendor-\(count)")
    case .refuse(let reason): throw .permanent(reason)
    case .refuseForNow(let reason, let after): throw .retryable(reason, after: after)
    case .hangFor(let target) where !message.target.hasPrefix(target): return Receipt(externalId: "vendor-\(count)")
    case .hang, .hangFor:
      let deadline = ContinuousClock.now + .seconds(60)
      while hangs, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
      throw .retryable("no answer")
    }
  }
}

/// The name a ``FakeChannel`` goes by, and what it is like.
public protocol FakeName: Sendable {
  static var name: String { get }
  static var rate: SendRate? { get }
  static var abilities: Set<ChannelInfo.Ability> { get }
  static var afterUnclearAttempt: ChannelInfo.UnclearAttempt { get }
  static var follows: Set<EventType> { get }
  static var textLimit: TextLimit? { get }
}

extension FakeName {
  public static var rate: SendRate? { nil }
  public static var abilities: Set<ChannelInfo.Ability> { [] }
  public static var afterUnclearAttempt: ChannelInfo.UnclearAttempt { .resend }
  public static var follows: Set<EventType> { [] }
  public static var textLimit: TextLimit? { nil }
}

public enum EmailName: FakeName { public static let name = "EMAIL" }
public enum SlackName: FakeName { public static let name = "SLACK" }
public enum SMSName: FakeName { public static let name = "SMS" }
public enum PagerDutyName: FakeName { public static let name = "PAGERDUTY" }

/// Follows every change of an incident.
public enum FollowingName: FakeName {
  public static let name = "DISCORD"
  public static let follows: Set<EventType> = [
    .statusChange, .incidentClosed, .incidentReopened, .severityChange, .assignmentChange, .detailsChange,
    .incidentMerged,
  ]
}

/// Takes two messages at once and then one a second, of 2,000 characters, and bundles.
public enum RatedName: FakeName {
  public static let textLimit: TextLimit? = TextLimit(2000, .characters)
  public static let name = "WHATSAPP"
  public static let rate: SendRate? = SendRate(burst: 2, oneEvery: 1)
  public static let abilities: Set<ChannelInfo.Ability> = [.bundles]
}

/// Follows, and bundles.
public enum FollowingBundlesName: FakeName {
  public static let name = "DISCORD"
  public static let follows = FollowingName.follows
  public static let abilities: Set<ChannelInfo.Ability> = [.follows, .bundles]
}

/// Is asked after an unclear attempt.
public enum AskedName: FakeName {
  public static let name = "SMS"
  public static let afterUnclearAttempt = ChannelInfo.UnclearAttempt.lookUp
}

/// A channel to a ``FakeVendor``. It refuses the target `bad`.
public struct FakeChannel<Name: FakeName>: Channel {
  public static var about: ChannelInfo {
    ChannelInfo(
      name: Name.name, summary: "Keeps messages in memory.", target: "anything but bad", settings: [],
      textLimit: Name.textLimit, rate: Name.rate, abilities: Name.abilities,
      afterUnclearAttempt: Name.afterUnclearAttempt)
  }

  public let defaultTarget: String?
  private let vendor: FakeVendor
  private let cannotBeAsked: Bool

  public init(_ vendor: FakeVendor, defaultTarget: String? = "default", cannotBeAsked: Bool = false) {
    self.vendor = vendor
    self.cannotBeAsked = cannotBeAsked
    self.defaultTarget = defaultTarget
  }

  public init(settings: [String: String]) { self.init(FakeVendor()) }

  public var follows: Set<EventType> { Name.follows }

  public func fault(inTarget target: String) -> String? { target == "bad" ? "bad is no target" : nil }

  /// What is before a slash: `host/a` and `host/b` are one destination.
  public func destination(of target: String) -> String { String(target.prefix { $0 != "/" }) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt { try await vendor.take(message) }

  /// What the vendor has already, whether or not its answer arrived.
  public func find(_ message: OutboundMessage) async throws(SendFailure) -> Receipt? {
    if cannotBeAsked { throw .permanent("there is no such list") }
    return vendor.received.contains { $0.shortRef == message.shortRef } ? Receipt(externalId: "found") : nil
  }

  public func probe() async -> String? { nil }
}
