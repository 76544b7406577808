import Crypto
import Foundation
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

  fileprivate func chain(_ events: [TimelineEvent]) throws {
    guard let head = try row("SELECT Seq, Hash FROM tocsin_timeline_head WHERE Id = 1" + dialect.toChange) else {
      throw StorageError(.unreadable, "the timeline's head is missing; run `tocsin verify-timeline`")
    }
    var (seq, hash) = (try head.integer("Seq"), try head.text("Hash"))
    var links: [[SQLValue]] = []
    for var event in events {
      seq += 1
      event.seq = seq
      event.hash = try event.chainHash(after: hash)
      links.append(try event.values(after: hash))
      hash = event.hash
    }
    try insert(links[...])
    try execute("UPDATE tocsin_timeline_head SET Seq = ?, Hash = ? WHERE Id = 1", [.integer(seq), .text(hash)])
  }

  /// Many rows at a time, by few statements that are always the same: an engine keeps those prepared.
  private func insert(_ links: ArraySlice<[SQLValue]>) throws {
    var links = links
    for size in [64, 16, 4, 1] {
      while links.count >= size {
        let places = Array(repeating: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", count: size).joined(separator: ", ")
        try execute(
          """
          INSERT INTO data_incident_timeline (TimelineGuid, IncidentGuid, EventType, Description, CreatedBy, Timestamp,
            OriginIncidentGuid, Metadata, Seq, PreviousHash, Hash) VALUES \(places)
          """, links.prefix(size).flatMap(\.self))
        links = links.dropFirst(size)
      }
    }
  }
}

extension Closing<TimelineEvent> {
  fileprivate static var timeline: Closing<TimelineEvent> {
    Closing("timeline") { events, transaction in try transaction.chain(events) }
  }
}

extension TimelineEvent {
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

  fileprivate func values(after previous: String) throws -> [SQLValue] {
    [
      .text(timelineGuid), .text(incidentGuid), .text(eventType.rawValue), .text(description), .text(createdBy),
      .time(timestamp), .text(originIncidentGuid), try .json(metadata), .integer(seq), .text(previous), .text(hash),
    ]
  }
}

/// The hash of one link of a chain. Its form never changes.
func linkHash(_ fields: [String]) -> String {
  var hash = SHA256()
  for field in fields { hash.update(data: Data("\(field.utf8.count):\(field)\n".utf8)) }
  return hex(hash.finalize())
}
