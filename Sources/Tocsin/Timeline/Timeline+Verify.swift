import Storage

/// What a walk along the whole chain found.
public struct TimelineVerdict: Sendable, Equatable, Codable {
  /// How many events were read before the first fault, or in all.
  public let events: Int
  /// The hash of the last event: keep it elsewhere to notice if somebody rewrites the whole chain.
  public let head: String
  /// The first event that was changed, removed, inserted or moved; nil when the chain is whole.
  @OrNull public var firstFault: Fault?

  public struct Fault: Sendable, Equatable, Codable {
    /// The place in the chain.
    public let seq: Int
    @OrNull public var timelineGuid: String?
    /// What is wrong with it, for people.
    public let problem: String
  }
}

extension Incidents {
  /// Recomputes the hash of every event, from the first to the head, and finds the first that does not fit. Reads in
  /// pages, so memory stays flat however long the timeline is.
  public func verifyTimeline() async throws -> TimelineVerdict {
    try await database.read { transaction in
      var walk = ChainWalk(gaps: try transaction.timelineGaps())
      try walk.refuseBeforeFirst(transaction)
      while walk.fault == nil, let page = try transaction.page(after: walk.seq) {
        for row in page where walk.fault == nil { walk.take(row) }
      }
      if walk.fault == nil { try walk.compareHead(transaction) }
      if walk.fault == nil { try walk.checkPlaces(transaction) }
      return TimelineVerdict(events: walk.events, head: walk.hash, firstFault: walk.fault)
    }
  }
}

extension Transaction {
  /// The next thousand events, or nil at the end.
  fileprivate func page(after seq: Int) throws -> [Row]? {
    let page = try rows(
      "SELECT * FROM data_incident_timeline WHERE Seq > ? ORDER BY Seq LIMIT 1000", [.integer(seq)])
    return page.isEmpty ? nil : page
  }
}

/// One pass along the chain.
private struct ChainWalk {
  /// Where the demo's events were removed.
  let gaps: [Int: TimelineGap]
  var seq = 0
  var events = 0
  var hash = ""
  var fault: TimelineVerdict.Fault?
  private var merges: [String: (seq: Int, target: String)] = [:]

  init(gaps: [Int: TimelineGap]) { self.gaps = gaps }

  /// Goes on behind the places before `next` that are known to be empty.
  private mutating func skip(before next: Int) {
    while let gap = gaps[seq + 1], gap.through < next { (seq, hash) = (gap.through, gap.hash) }
  }

  /// The first event is number 1; whatever sorts before it was put there.
  mutating func refuseBeforeFirst(_ transaction: any Transaction) throws {
    let row = try transaction.row("SELECT Seq, TimelineGuid FROM data_incident_timeline WHERE Seq < 1 ORDER BY Seq")
    guard let row else { return }
    blame((try? row.integer("Seq")) ?? 0, try row.optionalText("TimelineGuid"), "was added behind Tocsin's back")
  }

  mutating func take(_ row: Row) {
    guard let event = try? TimelineEvent(row) else {
      let guid = try? row.optionalText("TimelineGuid")
      return blame(seq + 1, guid ?? nil, "holds a value that Tocsin never writes: it was changed")
    }
    skip(before: event.seq)
    guard event.seq == seq + 1 else {
      let gap = event.seq - seq - 1
      return blame(
        seq + 1, nil, "is missing, with \(gap) event\(gap == 1 ? "" : "s") removed before \(event.timelineGuid)")
    }
    let previous = (try? row.text("PreviousHash")) ?? ""
    guard previous == hash else {
      return blame(
        event.seq, event.timelineGuid, "does not follow the event before it: events were inserted or reordered")
    }
    guard let expected = try? event.chainHash(after: previous), expected == event.hash, event.isVerbatim(row) else {
      return blame(event.seq, event.timelineGuid, "was changed: its hash does not fit its content")
    }
    if event.eventType == .incidentMerged, let target = event.metadata?["merged_into_guid"]?.string {
      merges[event.originIncidentGuid] = (event.seq, target)
    }
    seq = event.seq
    hash = event.hash
    events += 1
  }

  /// The head is kept apart, so that events cut off the end are noticed.
  mutating func compareHead(_ transaction: any Transaction) throws {
    let head = try transaction.row("SELECT Seq, Hash FROM tocsin_timeline_head WHERE Id = 1")
    let expected = (try? head?.integer("Seq")) ?? 0
    skip(before: expected + 1)
    if expected > seq { return blame(seq + 1, nil, "is missing: events were removed from the end") }
    if expected < seq { return blame(expected + 1, nil, "was added behind Tocsin's back") }
    if (try? head?.text("Hash")) ?? "" != hash { blame(seq, nil, "is not the event that was written last") }
  }

  /// Each event must belong to the incident it was written for, or to where the merges after it took it.
  mutating func checkPlaces(_ transaction: any Transaction) throws {
    var last = 0
    while let page = try transaction.page(after: last) {
      for row in page {
        let event = try TimelineEvent(row)
        guard event.incidentGuid == home(of: event) else {
          return blame(
            event.seq, event.timelineGuid, "was moved to another incident (\(event.incidentGuid)) without a merge")
        }
        last = event.seq
      }
    }
  }

  private func home(of event: TimelineEvent) -> String {
    var (incident, seq) = (event.originIncidentGuid, event.seq)
    while let merge = merges[incident], merge.seq > seq { (seq, incident) = merge }
    return incident
  }

  private mutating func blame(_ seq: Int, _ guid: String?, _ problem: String) {
    fault = TimelineVerdict.Fault(seq: seq, timelineGuid: guid, problem: problem)
  }
}

extension TimelineEvent {
  /// Whether the row holds the very text that was written: reading forgives what writing never does, such as a type in
  /// small letters.
  fileprivate func isVerbatim(_ row: Row) -> Bool {
    let metadata = try? metadata.map { try JSON.encode($0) }
    return (try? row.text("EventType")) == eventType.rawValue
      && (try? row.text("Timestamp")) == UTC.database(timestamp)
      && (try? row.optionalText("Metadata")) == metadata
  }
}
