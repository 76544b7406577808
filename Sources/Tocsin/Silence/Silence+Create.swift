import Foundation
import Storage

extension Incidents {
  /// Holds alerts back from now on, or later. Incidents that are open stay as they are, and so do alerts that fire
  /// already: what they had to say was said.
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  @discardableResult
  public func createSilence(_ draft: SilenceDraft, by: Principal = .system) async throws -> Silence {
    try await database.write { transaction in
      let silence = try Silence(draft, guid: transaction.newGuid(), by: by.name, now: transaction.now)
      try transaction.execute(
        """
        INSERT INTO data_silence (SilenceGuid, Matchers, CreatedBy, CreatedAt, UpdatedAt, StartsAt)
        VALUES (?, '[]', ?, ?, ?, ?)
        """,
        [
          .text(silence.silenceGuid), .text(silence.createdBy), .time(silence.createdAt), .time(silence.updatedAt),
          .time(silence.startsAt),
        ])
      try transaction.save(silence)
      try transaction.audit(.silenceCreated, silence, by: by)
      return silence
    }
  }
}

extension Transaction {
  /// Everything about it that can change.
  func save(_ silence: Silence) throws {
    let days = silence.weekdays.map(\.rawValue).joined(separator: ",")
    try execute(
      """
      UPDATE data_silence SET Matchers = ?, Comment = ?, UpdatedAt = ?, StartsAt = ?, EndsAt = ?, Weekdays = ?,
        FromTime = ?, Minutes = ?, TimeZone = ?
      WHERE SilenceGuid = ?
      """,
      [
        .text(try JSON.encode(silence.matchers)), .text(silence.comment), .time(silence.updatedAt),
        .time(silence.startsAt), .time(silence.endsAt), .text(days.isEmpty ? nil : days), .text(silence.fromTime),
        silence.minutes.map { .integer($0) } ?? .null, .text(silence.timeZone), .text(silence.silenceGuid),
      ])
    try execute("UPDATE tocsin_silence_head SET Version = ? WHERE Id = 1", [.text(newGuid())])
  }

  func audit(_ action: AuditAction, _ silence: Silence, by: Principal) throws {
    try audit(
      action, silence.silenceGuid, by: by,
      metadata: [
        "matchers": .string(silence.matchers.joined(separator: ", ")),
        "starts_at": .string(JSON.time(silence.startsAt)),
        "ends_at": silence.endsAt.map { .string(JSON.time($0)) } ?? .null,
        "weekdays": .string(silence.weekdays.map(\.rawValue).joined(separator: ",")),
      ])
  }
}
