import Foundation
import Storage
import Synchronization

/// What the first write of a call gives back when the call goes on after it: enough to answer by as things stand then.
protocol Unfinished: Sendable {
  associatedtype Answer: Sendable
  var answerSoFar: Answer { get }
}

/// A database for one request. Its first write keeps the answer in the transaction of the effect, so that no crash can come
/// between the two; and finds out there that the request was done before.
final class OnceDatabase<Answer: Sendable>: Database {
  /// What was kept.
  enum Kept: Sendable {
    case nothing
    /// A write is on its way that will.
    case soon
    /// Nil when the write's value said nothing of the answer.
    case provisional(StoredAnswer?)
    case final(StoredAnswer)
  }

  private let base: any Database
  private let request: IdempotentRequest
  private let encode: @Sendable (Answer) throws -> StoredAnswer
  private let state = Mutex(Kept.nothing)

  init(
    _ base: any Database, _ request: IdempotentRequest, encode: @escaping @Sendable (Answer) throws -> StoredAnswer
  ) {
    self.base = base
    self.request = request
    self.encode = encode
  }

  var kept: Kept { state.withLock { $0 } }
  var dialect: Dialect { base.dialect }
  var now: @Sendable () -> Date { base.now }

  func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await base.read(body)
  }

  func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    guard isFirst() else { return try await base.write(body) }
    do {
      let (value, kept) = try await base.write { [self] transaction in
        if try transaction.record(of: request) != nil { throw RepeatedRequest() }
        let value = try body(transaction)
        return (value, try keep(value, transaction))
      }
      state.withLock { $0 = kept }
      return value
    } catch {
      state.withLock { $0 = .nothing }
      throw error
    }
  }

  private func isFirst() -> Bool {
    state.withLock { state in
      guard case .nothing = state else { return false }
      state = .soon
      return true
    }
  }

  private func keep(_ value: some Sendable, _ transaction: any Transaction) throws -> Kept {
    if let whole = value as? Answer {
      let answer = try encode(whole)
      try transaction.insert(request, answer, isFinal: true)
      return .final(answer)
    }
    let answer = try (value as? any Unfinished).flatMap { soFar($0) }.map(encode)
    try transaction.insert(request, answer, isFinal: false)
    return .provisional(answer)
  }

  private func soFar(_ value: some Unfinished) -> Answer? { value.answerSoFar as? Answer }
}
