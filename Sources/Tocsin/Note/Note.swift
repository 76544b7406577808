import Foundation
import Storage

/// What a note is about.
public enum NoteType: String, Word {
  case rootCause = "ROOT_CAUSE"
  case resolution = "RESOLUTION"
  case investigation = "INVESTIGATION"
  case mitigation = "MITIGATION"
  case general = "GENERAL"

  public static let field = "note_type"
}

/// What somebody found or did: a row of `data_incident_note`.
public struct Note: Sendable, Equatable, Codable {
  public let noteGuid: String
  public let incidentGuid: String
  public let noteType: NoteType
  /// Up to 64 KiB of UTF-8.
  public let content: String
  @OrNull public var createdBy: String?
  public let createdAt: Date
  /// The incident it was written for, when a merge has moved it since.
  @OrNull public var originIncidentGuid: String?
}

extension Note {
  init(_ row: Row) throws {
    noteGuid = try row.text("NoteGuid")
    incidentGuid = try row.text("IncidentGuid")
    noteType = try NoteType(word: row.text("NoteType"))
    content = try row.text("Content")
    createdBy = try row.optionalText("CreatedBy")
    createdAt = try row.time("CreatedAt")
    originIncidentGuid = try row.optionalText("OriginIncidentGuid")
  }
}
