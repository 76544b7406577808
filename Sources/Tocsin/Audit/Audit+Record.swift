import Foundation
import Storage

extension Transaction {
  /// Appends one entry to the audit log and to its chain.
  ///
  /// - Parameters:
  ///   - by: who did it; nil when nobody knows.
  ///   - metadata: what else is to be known, never a secret.
  func audit(
    _ action: AuditAction, _ subject: String?, by: Principal?, at address: String? = nil,
    outcome: AuditEntry.Outcome = .done, metadata: Metadata? = nil
  ) throws {
    guard let head = try row("SELECT Seq, Hash FROM tocsin_audit_head WHERE Id = 1" + dialect.toChange) else {
      throw StorageError(.unreadable, "the audit log's head is missing")
    }
    let previous = try head.text("Hash")
    var metadata = metadata
    if let by, by.credential != nil { metadata = (metadata ?? [:]).merging(["on_behalf_of": .string(by.name)]) { $1 } }
    var entry = AuditEntry(
      seq: try head.integer("Seq") + 1, timestamp: now, action: action,
      actor: by.map { seen($0.credential ?? $0.name, 255) } ?? "",
      subject: subject.map { seen($0, 255) }, address: (address ?? by?.address).map { seen($0, 64) }, outcome: outcome,
      metadata: metadata?.mapValues(\.seen), hash: "")
    entry.hash = try entry.chainHash(after: previous)
    try insert(entry, after: previous)
    try execute(
      "UPDATE tocsin_audit_head SET Seq = ?, Hash = ? WHERE Id = 1", [.integer(entry.seq), .text(entry.hash)])
  }

  /// The same for what anybody can cause without being let in: at most ``mostRefusals`` entries of an action a minute, so
  /// that nobody fills the disk. What is left out is counted, and the next entry says how many.
  func auditRefusal(
    _ action: AuditAction, _ subject: String?, by: Principal? = nil, at address: String?, metadata: Metadata = [:]
  ) throws {
    let key = "audit \(action.rawValue)"
    let before = try throttle(key)
    let isSameMinute = before.map { (0..<60).contains(now.timeIntervalSince($0.since)) } ?? false
    let count = isSameMinute ? (before?.failures ?? 0) + 1 : 1
    try keep(Throttle(key: key, failures: count, since: isSameMinute ? before?.since ?? now : now, lastAt: now))
    if count > mostRefusals { return }
    let leftOut = isSameMinute ? 0 : max(0, (before?.failures ?? 0) - mostRefusals)
    var metadata = metadata
    if leftOut > 0 { metadata["left_out_before"] = .integer(Int64(leftOut)) }
    try audit(action, subject, by: by, at: address, outcome: .refused, metadata: metadata.isEmpty ? nil : metadata)
  }

  private func insert(_ entry: AuditEntry, after previous: String) throws {
    try execute(
      """
      INSERT INTO tocsin_audit (Seq, Timestamp, Action, Actor, Subject, Address, Outcome, Metadata, PreviousHash, Hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(entry.seq), .time(entry.timestamp), .text(entry.action.rawValue), .text(entry.actor),
        .text(entry.subject), .text(entry.address), .text(entry.outcome.rawValue), .json(entry.metadata),
        .text(previous), .text(entry.hash),
      ])
  }
}

extension Incidents {
  /// Puts on record that somebody asked for what they may not do.
  ///
  /// - Parameters:
  ///   - visitor: nil for somebody without any credential that is known.
  ///   - request: what they asked for, such as `POST /api/v1/tokens`.
  public func recordAccessDenied(to visitor: Visitor?, _ request: String, address: String?) async throws {
    try await database.write { transaction in
      try transaction.auditRefusal(
        .accessDenied, request, by: visitor?.principal, at: address,
        metadata: visitor.map { ["role": .string($0.role.rawValue)] } ?? [:])
    }
  }
}

/// Entries a minute.
let mostRefusals = 20

/// `text` without ``Unseen`` characters, at most `length` long: it is read by people, in terminals and elsewhere.
func seen(_ text: String, _ length: Int) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { Unseen.contains($0) ? "\u{FFFD}" : $0 })).fitting(length)
}

extension JSONValue {
  fileprivate var seen: JSONValue { string.map { .string(Tocsin.seen($0, 1000)) } ?? self }
}
