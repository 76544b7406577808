import Storage

extension Transaction {
  /// Appends one entry to the audit log. It gets its place on the chain just before the commit, as events do.
  ///
  /// - Parameters:
  ///   - by: who did it; nil when nobody knows.
  ///   - metadata: what else is to be known, never a secret.
  func audit(
    _ action: AuditAction, _ subject: String?, by: Principal?, at address: String? = nil,
    outcome: AuditEntry.Outcome = .done, metadata: Metadata? = nil
  ) throws {
    var metadata = metadata
    if let by, by.credential != nil { metadata = (metadata ?? [:]).merging(["on_behalf_of": .string(by.name)]) { $1 } }
    try leave(
      AuditEntry(
        seq: 0, timestamp: now, action: action, actor: by.map { seen($0.credential ?? $0.name, 255) } ?? "",
        subject: subject.map { seen($0, 255) }, address: (address ?? by?.address).map { seen($0, 64) },
        outcome: outcome, metadata: metadata?.mapValues(\.seen), hash: ""),
      to: .auditLog)
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
}

extension Closing<AuditEntry> {
  fileprivate static var auditLog: Closing<AuditEntry> {
    Closing("audit log") { entries, transaction in try transaction.chain(entries) }
  }
}

extension AuditEntry: ChainLink {
  static let table = "tocsin_audit"
  static let head = "tocsin_audit_head"
  static let headIsMissing = "the audit log's head is missing"
  static let columns = "Seq, Timestamp, Action, Actor, Subject, Address, Outcome, Metadata, PreviousHash, Hash"

  func chainHash(after previous: String) throws -> String {
    linkHash([
      previous, String(seq), UTC.database(timestamp), action.rawValue, actor, subject ?? "", address ?? "",
      outcome.rawValue, try metadata.map { try JSON.encode($0) } ?? "",
    ])
  }

  func values(after previous: String) throws -> [SQLValue] {
    [
      .integer(seq), .time(timestamp), .text(action.rawValue), .text(actor), .text(subject), .text(address),
      .text(outcome.rawValue), try .json(metadata), .text(previous), .text(hash),
    ]
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
