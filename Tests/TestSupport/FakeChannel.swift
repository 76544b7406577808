import Synchronization
import Tocsin

/// What a fake vendor does with the messages it gets.
public enum FakeAnswer: Sendable {
  case accept
  case refuse(String)
  case refuseForNow(String, after: Double? = nil)
  /// Says nothing until the sender is cancelled or a minute is over.
  case hang
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

  func take(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let (answer, count) = state.withLock { state in
      state.received.append(message)
      return (state.answer, state.received.count)
    }
    switch answer {
    case .accept: return Receipt(externalId: "vendor-\(count)")
    case .refuse(let reason): throw .permanent(reason)
    case .refuseForNow(let reason, let after): throw .retryable(reason, after: after)
    case .hang:
      try? await Task.sleep(for: .seconds(60))
      throw .retryable("no answer")
    }
  }
}

/// The name a ``FakeChannel`` goes by.
public protocol FakeName: Sendable { static var name: String { get } }

public enum EmailName: FakeName { public static let name = "EMAIL" }
public enum SlackName: FakeName { public static let name = "SLACK" }
public enum SMSName: FakeName { public static let name = "SMS" }
public enum PagerDutyName: FakeName { public static let name = "PAGERDUTY" }

/// A channel to a ``FakeVendor``. It refuses the target `bad`.
public struct FakeChannel<Name: FakeName>: Channel {
  public static var about: ChannelInfo {
    ChannelInfo(name: Name.name, summary: "Keeps messages in memory.", target: "anything but bad", settings: [])
  }

  public let defaultTarget: String?
  private let vendor: FakeVendor

  public init(_ vendor: FakeVendor, defaultTarget: String? = "default") {
    self.vendor = vendor
    self.defaultTarget = defaultTarget
  }

  public init(settings: [String: String]) { self.init(FakeVendor()) }

  public func fault(inTarget target: String) -> String? { target == "bad" ? "bad is no target" : nil }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt { try await vendor.take(message) }

  public func probe() async -> String? { nil }
}
