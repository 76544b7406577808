import Synchronization

/// Answers that a test wants from a fake vendor instead of its own, one for each request.
public final class Scripted: Sendable {
  private let answers = Mutex<[HTTPReceiver.Answer]>([])

  public init() {}

  public func add(_ more: HTTPReceiver.Answer...) { answers.withLock { $0 += more } }

  func next() -> HTTPReceiver.Answer? { answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}
