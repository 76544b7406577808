import Foundation
import Storage

/// A row of `tocsin_idempotency`: that a request was done, and its answer.
struct RequestRecord: Sendable {
  /// Seconds that it is kept.
  static let lifetime = 86_400.0
  /// Rows that are removed with each new one, so that no request pays for all.
  fileprivate static let prunedAtOnce = 10

  let sealed: String
  /// Whether the answer is the last word; else whoever does it goes on, or has ended.
  let isFinal: Bool
  /// The process that does it, as ``ProcessIdentity`` names it.
  let owner: String
}

/// Stops a write: the request was done before.
struct RepeatedRequest: Error {}

extension Transaction {
  func record(of request: IdempotentRequest) throws -> RequestRecord? {
    try row(
      "SELECT * FROM tocsin_idempotency WHERE RequestId = ? AND CreatedAt > ?",
      [.text(request.id), .time(now - RequestRecord.lifetime)]
    ).map(RequestRecord.init)
  }

  /// Keeps the answer beside the effect.
  ///
  /// - Throws: ``RepeatedRequest`` when there is one already.
  func insert(_ request: IdempotentRequest, _ answer: StoredAnswer?, isFinal: Bool) throws {
    try prune(request)
    do {
      try execute(
        """
        INSERT INTO tocsin_idempotency (RequestId, Sealed, IsFinal, Owner, CreatedAt) VALUES (?, ?, ?, ?, ?)
        """,
        [
          .text(request.id), .text(request.seal(answer)), .integer(isFinal ? 1 : 0), .text(ProcessIdentity.current),
          .time(now),
        ])
    } catch let error as StorageError where error.code == .unique {
      throw RepeatedRequest()
    }
  }

  /// Replaces what was kept when the request was half done.
  func finish(_ request: IdempotentRequest, _ answer: StoredAnswer?) throws {
    try execute(
      "UPDATE tocsin_idempotency SET Sealed = ?, IsFinal = 1 WHERE RequestId = ?",
      [.text(request.seal(answer)), .text(request.id)])
  }

  /// Removes some rows that are too old, and in any case that of `request`.
  private func prune(_ request: IdempotentRequest) throws {
    let old = try rows(
      "SELECT RequestId FROM tocsin_idempotency WHERE CreatedAt <= ? ORDER BY CreatedAt LIMIT ?",
      [.time(now - RequestRecord.lifetime), .integer(RequestRecord.prunedAtOnce)]
    ).map { try $0.text("RequestId") }
    guard !old.isEmpty else { return }
    let ids = old + [request.id]
    try execute(
      """
      DELETE FROM tocsin_idempotency WHERE CreatedAt <= ? AND RequestId IN (\(ids.map { _ in "?" }.joined(separator: ", ")))
      """, [.time(now - RequestRecord.lifetime)] + ids.map { .text($0) })
  }
}

extension RequestRecord {
  fileprivate init(_ row: Row) throws {
    sealed = try row.text("Sealed")
    isFinal = try row.integer("IsFinal") == 1
    owner = try row.text("Owner")
  }
}
