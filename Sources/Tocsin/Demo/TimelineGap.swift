import Storage

/// Places of the timeline's chain whose events were the demo's, and are gone.
struct TimelineGap: Sendable, Equatable {
  let first: Int
  let through: Int
  /// Of the last event that stood there: what the next one follows.
  let hash: String

  static func json(_ gaps: [TimelineGap]) -> JSONValue {
    .array(gaps.map { .array([.integer(Int64($0.first)), .integer(Int64($0.through)), .string($0.hash)]) })
  }

  init(first: Int, through: Int, hash: String) { (self.first, self.through, self.hash) = (first, through, hash) }

  /// Nil for anything but what ``json(_:)`` writes.
  init?(_ json: JSONValue) {
    guard case .array(let parts) = json, parts.count == 3, case .integer(let first) = parts[0],
      case .integer(let through) = parts[1], let hash = parts[2].string, first >= 1, through >= first
    else { return nil }
    self.init(first: Int(first), through: Int(through), hash: hash)
  }
}

extension Transaction {
  /// The gaps that the audit log tells of, by their first place.
  func timelineGaps() throws -> [Int: TimelineGap] {
    let entries = try rows("SELECT * FROM tocsin_audit WHERE Action = ?", [.text(AuditAction.demoRemoved.rawValue)])
    let gaps = entries.compactMap { try? AuditEntry($0) }.flatMap { entry -> [TimelineGap] in
      guard case .array(let gaps)? = entry.metadata?["events"] else { return [] }
      return gaps.compactMap(TimelineGap.init)
    }
    return Dictionary(gaps.map { ($0.first, $0) }, uniquingKeysWith: { $1 })
  }
}
