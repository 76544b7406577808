import Foundation
import Storage

/// An answer, and whether it is that of an earlier request with the same key.
public struct OnceAnswer: Sendable, Equatable {
  public let answer: StoredAnswer
  public let isReplayed: Bool
}

private enum Turn {
  case done(StoredAnswer)
  case repeated
}

extension Failure {
  fileprivate static let requestIsUnderWay = Failure(
    .conflict, "a request with this \(IdempotentRequest.header) is under way; ask again in a moment",
    field: IdempotentRequest.header, retryAfter: 1)

  fileprivate static let answerIsLost = Failure(
    .conflict,
    "the request with this \(IdempotentRequest.header) was done, but its answer was lost in a crash. See what it did, and "
      + "take a new key for a new request", field: IdempotentRequest.header)
}

extension Incidents {
  /// Seconds to wait for the same request in this process: longer than any call takes.
  private static let patience = 60.0
  /// Seconds to wait for the same request in another process, before it is answered by how things stand.
  private static let patienceWithOthers = 10.0

  /// Does `work` once for all requests with the same key: all get the answer of the first. What fails is not kept, so that
  /// it can be tried again with the same key.
  ///
  /// The answer is on disk together with the effect. Where a call goes on after that, as one that sends messages does, what
  /// is kept then says how things stood; it is replaced when the call is through. Answers are kept for a day.
  ///
  /// - Parameters:
  ///   - encode: writes an answer down; runs in the transaction of the effect.
  ///   - work: the call, on the incidents it is handed. It must return the value of its first write, or what that write's
  ///     value says of it; any other answer is lost when the process is killed before it is given.
  /// - Throws: what `work` throws; ``Failure`` with code `invalid` when the key was used for another request, `conflict` when
  ///   the same request is under way for too long.
  public func once<Answer: Sendable>(
    _ request: IdempotentRequest, encode: @escaping @Sendable (Answer) throws -> StoredAnswer,
    work: @Sendable (Incidents) async throws -> Answer
  ) async throws -> OnceAnswer {
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    while true {
      try Task.checkCancellation()
      guard requestsUnderWay.begin(request.id) else {
        try await waitForTheOther(request, deadline)
        continue
      }
      switch try await inTurn(request, encode, work) {
      case .done(let answer): return OnceAnswer(answer: answer, isReplayed: false)
      case .repeated: return OnceAnswer(answer: try await kept(request), isReplayed: true)
      }
    }
  }

  private func waitForTheOther(_ request: IdempotentRequest, _ deadline: ContinuousClock.Instant) async throws {
    let left = deadline - .now
    guard left > .zero else { throw Failure.requestIsUnderWay }
    await requestsUnderWay.ended(request.id, within: left / .seconds(1))
  }

  private func inTurn<Answer: Sendable>(
    _ request: IdempotentRequest, _ encode: @escaping @Sendable (Answer) throws -> StoredAnswer,
    _ work: @Sendable (Incidents) async throws -> Answer
  ) async throws -> Turn {
    defer { requestsUnderWay.end(request.id) }
    if try await database.read({ try $0.record(of: request) != nil }) { return .repeated }
    do {
      return .done(try await first(request, encode, work))
    } catch is RepeatedRequest {
      // Another process was faster.
      return .repeated
    }
  }

  private func first<Answer: Sendable>(
    _ request: IdempotentRequest, _ encode: @escaping @Sendable (Answer) throws -> StoredAnswer,
    _ work: @Sendable (Incidents) async throws -> Answer
  ) async throws -> StoredAnswer {
    let once = OnceDatabase(database, request, encode: encode)
    let value: Answer
    do {
      value = try await work(on(once))
    } catch {
      // The effect is there all the same: nobody need wait for more.
      if case .provisional(let soFar) = once.kept {
        try? await database.write { try $0.finish(request, soFar) }
      }
      throw error
    }
    if case .final(let answer) = once.kept { return answer }
    let answer = try encode(value)
    if case .provisional = once.kept {
      // What was kept before is true as well, only less.
      try? await database.write { try $0.finish(request, answer) }
    } else {
      try await database.write { try $0.insert(request, answer, isFinal: true) }
    }
    return answer
  }

  /// The answer that was kept; for a while, the last word of another process is waited for.
  private func kept(_ request: IdempotentRequest) async throws -> StoredAnswer {
    let deadline = ContinuousClock.now + .seconds(Self.patienceWithOthers)
    while true {
      guard let record = try await database.read({ try $0.record(of: request) }) else {
        throw Failure.requestIsUnderWay
      }
      let answer = try request.open(record.sealed)
      if record.isFinal || ProcessIdentity.hasEnded(record.owner) || ContinuousClock.now > deadline {
        if let answer { return answer }
        throw ProcessIdentity.hasEnded(record.owner) ? Failure.answerIsLost : .requestIsUnderWay
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
