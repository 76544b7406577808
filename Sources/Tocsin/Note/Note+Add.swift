import Foundation
import Storage

extension Incidents {
  /// Adds a note. Closed incidents take notes too: most of the story is written afterwards.
  ///
  /// - Parameter content: 1 byte to 64 KiB of UTF-8.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`, or `conflict` for a merged incident.
  @discardableResult
  public func addNote(_ id: String, type: NoteType, content: String, by: Principal = .system) async throws -> Note {
    guard let content = try Text.optionalBlock(content, "content") else {
      throw Failure.invalid("content", "is empty; a note needs some text")
    }
    return try await database.write { transaction in
      let incident = try transaction.openToChange(id)
      return try transaction.addNote(to: incident, type, content, by: by)
    }
  }

  /// All notes of an incident, oldest first.
  public func notes(of id: String) async throws -> [Note] {
    try await database.read { try $0.notes(of: $0.incident(id).incidentGuid) }
  }

  /// Some notes of an incident, oldest first.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func notes(of id: String, page: PageRequest) async throws -> Page<Note> {
    try await database.read { try $0.page(.notes(of: $0.incident(id).incidentGuid), page, Note.init) }
  }
}

extension PagedList {
  static func notes(of guid: String) -> PagedList {
    PagedList(
      name: "notes \(guid)", select: "SELECT * FROM data_incident_note",
      conditions: [Condition("IncidentGuid = ?", [.text(guid)])], order: [.time("CreatedAt"), .text("NoteGuid")])
  }
}

extension Transaction {
  func notes(of guid: String) throws -> [Note] { try all(.notes(of: guid), Note.init) }

  /// - Parameter time: when it was written; nil for now.
  @discardableResult
  func addNote(
    to incident: Incident, _ type: NoteType, _ content: String, by: Principal, at time: Date? = nil
  ) throws -> Note {
    let guid = newGuid()
    try execute(
      """
      INSERT INTO data_incident_note (NoteGuid, IncidentGuid, NoteType, Content, CreatedBy, CreatedAt)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(guid), .text(incident.incidentGuid), .text(type.rawValue), .text(content), .text(by.name),
        .time(time ?? now),
      ])
    try record(.noteAdded, on: incident.incidentGuid, "\(type.rawValue): \(excerpt(content))", by: by)
    return Note(
      noteGuid: guid, incidentGuid: incident.incidentGuid, noteType: type, content: content, createdBy: by.name,
      createdAt: time ?? now, originIncidentGuid: nil)
  }
}
