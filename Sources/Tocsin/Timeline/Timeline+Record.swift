import Crypto
import Foundation
import Storage

extension Transaction {
  /// Appends one event to the timeline and to the hash chain.
  func record(
    _ type: EventType, on incidentGuid: String, _ description: String, by: Principal, metadata: Metadata? = nil
  ) throws {
    guard let head = try row("SELECT Seq, Hash FROM tocsin_timeline_head WHERE Id = 1" + dialect.toChange) else {
      throw StorageError(.unreadable, "the timeline's head is missing; run `tocsin verify-timeline`")
    }
    let previous = try head.text("Hash")
    var event = TimelineEvent(
      timelineGuid: newGuid(), incidentGuid: incidentGuid, eventType: type, description: description,
      createdBy: by.name, timestamp: now, originIncidentGuid: incidentGuid, metadata: metadata,
      seq: try head.integer("Seq") + 1, hash: "")
    event.hash = try event.chainHash(after: previous)
    try insert(event, after: previous)
    try execute(
      "UPDATE tocsin_timeline_head SET Seq = ?, Hash = ? WHERE Id = 1", [.integer(event.seq), .text(event.hash)])
  }

  private func insert(_ event: TimelineEvent, after previous: String) throws {
    try execute(
      """
      INSERT INTO data_incident_timeline (TimelineGuid, IncidentGuid, EventType, Description, CreatedBy, Timestamp,
        OriginIncidentGuid, Metadata, Seq, PreviousHash, Hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(event.timelineGuid), .text(event.incidentGuid), .text(event.eventType.rawValue),
        .text(event.description), .text(event.createdBy), .time(event.timestamp), .text(event.originIncidentGuid),
        .json(event.metadata), .integer(event.seq), .text(previous), .text(event.hash),
      ])
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
}

/// The hash of one link of a chain. Its form never changes.
func linkHash(_ fields: [String]) -> String {
  var hash = SHA256()
  for field in fields { hash.update(data: Data("\(field.utf8.count):\(field)\n".utf8)) }
  return hex(hash.finalize())
}
