import Tocsin

public struct AddNote: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/notes", .responders, "Add a note. Closed incidents take notes too.")
  public static let status = 201

  var id: String
  var noteType: NoteType
  var content: String
  var createdBy: String?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Note {
    try await incidents.addNote(id, type: noteType, content: content, by: principal)
  }
}

public struct ListNotes: PagedCall {
  public typealias Item = Note
  public static let route = Route.api(
    .get, "/incidents/{id}/notes", .readers, "List an incident's notes, oldest first.")

  var id: String
  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<Note> {
    try await incidents.notes(of: id, page: page)
  }
}

extension Desk {
  /// Adds a note: see `Incidents.addNote`.
  @discardableResult
  public func addNote(_ id: String, type: NoteType, content: String, by: String? = nil) async throws -> Note {
    try await perform(AddNote(id: id, noteType: type, content: content, createdBy: by))
  }

  /// All notes of an incident, oldest first.
  public func notes(of id: String) async throws -> [Note] { try await all(ListNotes(id: id)).items }
}
