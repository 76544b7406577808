import Storage

/// What a walk along the audit log found.
public struct AuditVerdict: Sendable, Equatable, Codable {
  /// How many entries were read before the first fault, or in all.
  public let entries: Int
  /// The hash of the last entry: keep it elsewhere to notice if somebody rewrites the whole log.
  public let head: String
  /// The place of the first entry that was changed, removed, inserted or moved; nil when the log is whole.
  @OrNull public var firstFault: Int?
}

extension Incidents {
  /// Recomputes the hash of every entry, from the first to the head. Reads in pages, so memory stays flat.
  public func verifyAuditLog() async throws -> AuditVerdict {
    try await database.read { transaction in
      var (seq, hash) = (0, "")
      func fault(_ place: Int) -> AuditVerdict { AuditVerdict(entries: seq, head: hash, firstFault: place) }
      let before = try transaction.row("SELECT Seq FROM tocsin_audit WHERE Seq < 1 ORDER BY Seq")
      if let before { return fault(try before.integer("Seq")) }
      while true {
        let page = try transaction.rows(
          "SELECT * FROM tocsin_audit WHERE Seq > ? ORDER BY Seq LIMIT 1000", [.integer(seq)])
        if page.isEmpty { break }
        for row in page {
          guard let entry = row.auditEntry(at: seq + 1, after: hash) else { return fault(seq + 1) }
          (seq, hash) = (entry.seq, entry.hash)
        }
      }
      // The head is kept apart, so that entries cut off the end are noticed.
      let head = try transaction.row("SELECT Seq, Hash FROM tocsin_audit_head WHERE Id = 1")
      let expected = (try? head?.integer("Seq")) ?? 0
      if expected != seq { return fault(min(expected, seq) + 1) }
      if (try? head?.text("Hash")) ?? "" != hash { return fault(seq) }
      return AuditVerdict(entries: seq, head: hash, firstFault: nil)
    }
  }
}

extension Row {
  /// The entry, if it is the one that belongs here and the very text that was written.
  fileprivate func auditEntry(at seq: Int, after previous: String) -> AuditEntry? {
    guard let entry = try? AuditEntry(self), entry.seq == seq, (try? text("PreviousHash")) == previous,
      let expected = try? entry.chainHash(after: previous), expected == entry.hash,
      (try? text("Action")) == entry.action.rawValue, (try? text("Timestamp")) == UTC.database(entry.timestamp),
      (try? optionalText("Metadata")) == (try? entry.metadata.map { try JSON.encode($0) })
    else { return nil }
    return entry
  }
}
