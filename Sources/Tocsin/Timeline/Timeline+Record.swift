import Storage

extension Transaction {
  /// Appends one event to the timeline. It gets its place on the hash chain just before the commit, together with the
  /// events of all changes that share it: only one commit at a time can do that, on all servers.
  func record(
    _ type: EventType, on incidentGuid: String, _ description: String, by: Principal, metadata: Metadata? = nil
  ) throws {
    try leave(
      TimelineEvent(
        timelineGuid: newGuid(), incidentGuid: incidentGuid, eventType: type, description: description,
        createdBy: by.name, timestamp: now, originIncidentGuid: incidentGuid, metadata: metadata, seq: 0, hash: ""),
      to: .timeline)
  }

  /// Events that are to be written with this commit.
  var eventsToCome: [TimelineEvent] { left(to: .timeline) }

  /// For a change that reads or moves events: those of changes that share its commit are there from now on.
  func closeTimeline() throws { try close(.timeline) }
}

extension Closing<TimelineEvent> {
  fileprivate static var timeline: Closing<TimelineEvent> {
    Closing("timeline") { events, transaction in try transaction.chain(events) }
  }
}

extension TimelineEvent: ChainLink {
  static let table = "data_incident_timeline"
  static let head = "tocsin_timeline_head"
  static let headIsMissing = "the timeline's head is missing; run `tocsin verify-timeline`"
  static let columns = """
    TimelineGuid, IncidentGuid, EventType, Description, CreatedBy, Timestamp, OriginIncidentGuid, Metadata, Seq, \
    PreviousHash, Hash
    """

  /// SHA-256, in hex, over the previous event's hash and every field that never changes, each preceded by its length in
  /// bytes so that no two events share a hash input. `IncidentGuid` is left out because a merge moves it; the incident it
  /// was written for is in.
  func chainHash(after previous: String) throws -> String {
    let metadata = try metadata.map { try JSON.encode($0) }
    return linkHash([
      previous, String(seq), timelineGuid, originIncidentGuid, eventType.rawValue, description, createdBy ?? "",
      UTC.database(timestamp), metadata ?? "",
    ])
  }

  func values(after previous: String) throws -> [SQLValue] {
    [
      .text(timelineGuid), .text(incidentGuid), .text(eventType.rawValue), .text(description), .text(createdBy),
      .time(timestamp), .text(originIncidentGuid), try .json(metadata), .integer(seq), .text(previous), .text(hash),
    ]
  }
}
