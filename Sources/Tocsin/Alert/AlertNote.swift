import Foundation
import Storage

/// What somebody wrote about an alert that has no incident: a row of `data_alert_note`. It goes to the incident when there is
/// one.
public struct AlertNote: Sendable, Equatable, Codable {
  public let noteGuid: String
  public let content: String
  /// Whom the incident shall be assigned to; null for a mere note.
  @OrNull public var assignedTo: String?
  public let createdBy: String
  public let createdAt: Date
}

extension AlertNote {
  fileprivate init(_ row: Row) throws {
    noteGuid = try row.text("NoteGuid")
    content = try row.text("Content")
    assignedTo = try row.optionalText("AssignedTo")
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
  }

  fileprivate var author: Principal { (try? Principal(createdBy)) ?? .system }
}

extension Transaction {
  /// The notes that wait for the alert's incident, oldest first.
  func notes(ofAlert guid: String) throws -> [AlertNote] {
    try rows("SELECT * FROM data_alert_note WHERE AlertGuid = ? ORDER BY CreatedAt, NoteGuid", [.text(guid)])
      .map(AlertNote.init)
  }

  /// Of one alert: a sender whose notes differ each time shall not fill the disk.
  private static var mostNotes: Int { 100 }

  /// Keeps a note, of many the last ones, until the alert has an incident. Senders repeat notes with their alerts: once is enough.
  func keep(_ content: String, assignedTo: String? = nil, on alert: Alert, by: Principal) throws {
    let known = try notes(ofAlert: alert.alertGuid).filter { ($0.assignedTo == nil) == (assignedTo == nil) }
    // Whoever was assigned first may be assigned again.
    let last = assignedTo == nil ? known : known.suffix(1)
    if last.contains(where: { $0.content == content && $0.createdBy == by.name }) { return }
    try execute(
      """
      INSERT INTO data_alert_note (NoteGuid, AlertGuid, Content, AssignedTo, CreatedBy, CreatedAt)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(newGuid()), .text(alert.alertGuid), .text(content), .text(assignedTo), .text(by.name), .time(now),
      ])
    for old in try notes(ofAlert: alert.alertGuid).dropLast(Self.mostNotes) {
      try execute("DELETE FROM data_alert_note WHERE NoteGuid = ?", [.text(old.noteGuid)])
    }
  }

  /// Gives an incident what was written about its alert before: notes with their authors and times, and whoever the alert
  /// was assigned to last, unless the incident is somebody's already.
  ///
  /// - Returns: the incident as it is then.
  func handOver(notesOf alertGuid: String, to incident: Incident) throws -> Incident {
    let notes = try notes(ofAlert: alertGuid)
    if notes.isEmpty { return incident }
    for note in notes {
      try addNote(to: incident, .general, note.content, by: note.author, at: note.createdAt)
    }
    try execute("DELETE FROM data_alert_note WHERE AlertGuid = ?", [.text(alertGuid)])
    guard incident.assignedTo == nil, let last = notes.last(where: { $0.assignedTo != nil }) else { return incident }
    return try change(incident, IncidentChanges(assignedTo: last.assignedTo), by: last.author)
  }
}
